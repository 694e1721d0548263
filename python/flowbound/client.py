"""Runs the ``flowbound`` command; see the package."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

import numpy as np

_USAGE = 2
_INPUT = 3
_REFUSED = 4
_LIMIT = 5


class FlowboundError(RuntimeError):
    """The command failed; the text is the line that it printed.

    ``exit_code`` is its exit code, -1 where it could not be started.
    """

    def __init__(self, message, exit_code=-1):
        super().__init__(message)
        self.exit_code = exit_code


class UsageError(FlowboundError):
    """An argument is unknown, missing or out of its range."""


class InputError(FlowboundError):
    """A file or matrix cannot be used: missing, corrupt, of the wrong shape, or not finite."""


def bound(A, alpha=0.1, **options):
    """The certified interval of delta(A), for slopes in [alpha, 1].

    Returns a dictionary with ``lower``, ``upper``, ``exact``, ``vertex`` (an array that attains the
    lower end), ``lipschitz`` and more. Options: ``norm`` (2, 1 or "inf"), ``slopes`` (a pair, in
    the place of alpha), ``tol``, ``time_limit``, ``node_limit``, ``certificate`` (a file).
    """
    if "slopes" not in options:
        options["alpha"] = alpha
    with _weights(A) as file:
        result = _run("bound", [file], options)
    result["vertex"] = np.array(result["vertex"], dtype=float)
    return result


def threshold(A, level=0.0, **options):
    """The smallest alpha for which delta(A) <= level, as a certified bracket."""
    with _weights(A) as file:
        return _run("threshold", [file], dict(options, level=level))


def stabilize(A, target, alpha=None, **options):
    """The nearest weights with delta <= target.

    Returns a dictionary whose ``matrix`` is A + Delta, with ``norm`` and ``normLowerBound`` of
    Delta and the certified ``deltaAfter``. ``alpha`` is 0.1, or that of the model where A is the
    name of a model file. Options: ``method``, ``structure``, ``tol``, ``time_limit``.
    """
    with tempfile.TemporaryDirectory(prefix="flowbound") as folder, _weights(A) as file:
        stable = os.path.join(folder, "stable.npy")
        result = _run("stabilize", [file], dict(options, target=target, alpha=alpha, output=stable))
        result["matrix"] = np.load(stable)
    del result["output"]
    return result


def verify(certificate, weights=None, **options):
    """Checks a certificate again: ``valid``, ``gamma`` and ``reason``.

    With ``weights``, also that it speaks of exactly these. A certificate that is refused is a
    result whose ``valid`` is false, and no error.
    """
    if weights is None:
        return _run("verify", [certificate], options)
    with _weights(weights) as file:
        return _run("verify", [certificate], dict(options, weights=file))


def train(output, **options):
    """Trains a classifier and writes the model to ``output``, a .safetensors file.

    Options are those of ``flowbound train --help``, such as ``dataset``, ``stability``, ``target``,
    ``epochs``, ``width`` and ``linear_norm``.
    """
    return _run("train", [], dict(options, output=output))


def attack(model, eps=None, **options):
    """Accuracy under attack; ``eps`` is a number or several. Options: ``attack``, ``norm``, ..."""
    return _run("attack", [model], dict(options, eps=eps))


def certify(model, eps=None, **options):
    """Certified accuracy in the 2-norm; ``eps`` is a number or several."""
    return _run("certify", [model], dict(options, eps=eps))


def export(model, output, **options):
    """Writes a model for other tools: .onnx, .npz, .mat or .safetensors."""
    return _run("export", [model], dict(options, output=output))


def import_model(source, output, **options):
    """Makes a model of tensors or an ONNX graph.

    ``source`` is a file, or a dictionary of arrays such as ``{name: tensor.numpy() for name, tensor
    in network.state_dict().items()}``. The option ``map`` may be a dictionary: ``{"input.weight":
    "fc1.weight"}``.
    """
    names = options.get("map")
    if isinstance(names, dict):
        options["map"] = ["%s=%s" % item for item in names.items()]
    if not isinstance(source, dict):
        return _run("import", [source], dict(options, output=output))
    with tempfile.TemporaryDirectory(prefix="flowbound") as folder:
        file = os.path.join(folder, "tensors.npz")
        np.savez(file, **source)
        return _run("import", [file], dict(options, output=output))


class _weights:
    """The name of a file that holds a matrix, for as long as it is needed."""

    def __init__(self, matrix):
        self._matrix = matrix
        self._folder = None

    def __enter__(self):
        if isinstance(self._matrix, (str, os.PathLike)):
            return os.fspath(self._matrix)
        self._folder = tempfile.TemporaryDirectory(prefix="flowbound")
        file = os.path.join(self._folder.name, "A.npy")
        np.save(file, np.asarray(self._matrix), allow_pickle=False)
        return file

    def __exit__(self, *_):
        if self._folder is not None:
            self._folder.cleanup()


def _launcher():
    named = os.environ.get("FLOWBOUND")
    if named:
        return named
    found = shutil.which("flowbound")
    if found is None:
        raise FlowboundError(
            "flowbound is not on the PATH; name the launcher in the environment variable FLOWBOUND"
        )
    return found


def _arguments(options):
    """Options as the command takes them: None and False are left out, sequences get commas."""
    for name, value in options.items():
        if value is None or value is False:
            continue
        option = "--" + name.replace("_", "-")
        if value is True:
            yield option
        elif isinstance(value, (str, os.PathLike)) or np.ndim(value) == 0:
            yield "%s=%s" % (option, _text(value))
        else:
            yield "%s=%s" % (option, ",".join(_text(item) for item in value))


def _text(value):
    if isinstance(value, (str, pathlib.PurePath)):
        return os.fspath(value)
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    return str(value)


def _run(command, arguments, options):
    line = [_launcher(), command]
    line += _arguments(options)
    line += ["--json", "--quiet", "--"]
    line += [os.fspath(argument) for argument in arguments]
    try:
        done = subprocess.run(
            line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except OSError as problem:
        raise FlowboundError("%s cannot be started: %s" % (line[0], problem)) from problem
    if done.returncode in (0, _REFUSED, _LIMIT) and done.stdout.strip():
        return json.loads(done.stdout)
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    message = lines[-1] if lines else "flowbound ended with exit code %d" % done.returncode
    kind = {_USAGE: UsageError, _INPUT: InputError}.get(done.returncode, FlowboundError)
    raise kind(message, done.returncode)
