"""Provably stable neural ODEs: a client of the ``flowbound`` command.

Matrices are numpy arrays, or the names of files that the command reads; results are dictionaries
with the fields that ``flowbound COMMAND --json`` prints. Keyword arguments that a function does not
name are passed on as options: ``time_limit=5`` is ``--time-limit 5``.
"""

from .client import (
    FlowboundError,
    InputError,
    UsageError,
    attack,
    bound,
    certify,
    export,
    import_model,
    stabilize,
    threshold,
    train,
    verify,
)

__all__ = [
    "FlowboundError",
    "InputError",
    "UsageError",
    "attack",
    "bound",
    "certify",
    "export",
    "import_model",
    "stabilize",
    "threshold",
    "train",
    "verify",
]
