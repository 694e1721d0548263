"""Times PGD on a saved model in PyTorch, eager, beside Flowbound, one after the other.

    python3 pgd_speed_torch.py MODEL FOLDER FLOWBOUND [ITERATIONS] [ROUNDS]

FOLDER holds the four IDX files of MNIST, FLOWBOUND is the launcher. Both attack all 10 000 test
images with 40 iterations in the maximum norm, eps = 0.1 and step 2.5/40 of it, with as many threads
as there are processors. PyTorch perturbs every image in every iteration, in batches of 1000, as its
users do; it times the attack only. Flowbound is timed by the difference of a run with the attack and
one without, start of the virtual machine and reading of the data excluded: once as it is used, where
images leave once they are broken, and once as a transfer from the model to itself, which goes on
with all of them to the end, as PyTorch does. Medians of the rounds, of elapsed and of processor
time: the second is what to compare on a machine that others use too.
"""

import json
import os
import statistics
import subprocess
import sys
import time

import numpy as np
import torch

from check_attack import read_idx, read_model


class Network(torch.nn.Module):
    """softmax(C u(T) + c), u(0) = B x + beta, u' = s(A u + b) by explicit Euler."""

    def __init__(self, metadata, tensors):
        super().__init__()
        assert metadata["solver"] == "euler" and metadata["activation"] == "smooth-leaky-relu"
        assert float(metadata["normalization.mean"]) == 0
        assert float(metadata["normalization.deviation"]) == 1
        self.alpha = float(metadata["alpha"])
        self.z = float(np.arccosh(1 / np.sqrt(self.alpha)))
        self.steps = int(metadata["steps"])
        self.h = float(metadata["T"]) / self.steps
        self.w = {name: torch.tensor(v, dtype=torch.float32) for name, v in tensors.items()}

    def forward(self, x):
        linear = torch.nn.functional.linear
        u = linear(x, self.w["input.weight"], self.w["input.bias"].reshape(-1))
        bias = self.w["ode.bias"].reshape(-1)
        for _ in range(self.steps):
            v = linear(u, self.w["ode.weight"], bias)
            tail = self.alpha * (v + self.z) - np.tanh(self.z)
            u = u + self.h * torch.where(
                v >= 0, v, torch.where(v >= -self.z, torch.tanh(v), tail)
            )
        return linear(u, self.w["output.weight"], self.w["output.bias"].reshape(-1))


def torch_attack(network, images, labels, eps, iterations):
    loss = torch.nn.CrossEntropyLoss()
    correct = 0
    for begin in range(0, len(labels), 1000):
        start, label = images[begin : begin + 1000], labels[begin : begin + 1000]
        x = (start + (2 * torch.rand_like(start) - 1) * eps).clamp(0, 1)
        for _ in range(iterations):
            x.requires_grad_(True)
            (gradient,) = torch.autograd.grad(loss(network(x), label), x)
            x = x.detach() + 2.5 / iterations * eps * gradient.sign()
            x = torch.minimum(torch.maximum(x, start - eps), start + eps).clamp(0, 1)
        with torch.no_grad():
            correct += int((network(x).argmax(dim=1) == label).sum())
    return correct


def clocks():
    """Elapsed time and the processor time of this process and of those that have ended."""
    used = os.times()
    return np.array([time.perf_counter(), sum(used[:4])])


def flowbound_seconds(launcher, model, folder, arguments):
    environment = {**os.environ, "FLOWBOUND_DATA": os.path.dirname(os.path.abspath(folder))}
    command = [launcher, "attack", model, "--dataset", os.path.basename(folder.rstrip("/"))]
    begin = clocks()
    output = subprocess.run(
        command + arguments + ["--json", "--quiet"],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return clocks() - begin, json.loads(output)["results"][0]["correct"]


def main(model, folder, launcher, iterations="40", rounds="3"):
    count, eps = int(iterations), 0.1
    metadata, tensors = read_model(model)
    images = read_idx(folder, "t10k-images-idx3-ubyte").reshape(10000, -1) / 255.0
    images = torch.tensor(images, dtype=torch.float32)
    labels = torch.tensor(read_idx(folder, "t10k-labels-idx1-ubyte").astype(np.int64))
    network = Network(metadata, tensors)
    torch.set_num_threads(os.cpu_count())
    base = ["--attack", "pgd", "--iterations", iterations]
    times = {"torch": [], "flowbound": [], "flowbound, to the end": []}
    for _ in range(int(rounds)):
        begin = clocks()
        of_torch = torch_attack(network, images, labels, eps, count)
        times["torch"].append(clocks() - begin)
        idle, _ = flowbound_seconds(launcher, model, folder, base + ["--eps", "0"])
        used, of_flowbound = flowbound_seconds(launcher, model, folder, base + ["--eps", str(eps)])
        end, _ = flowbound_seconds(
            launcher, model, folder, base + ["--eps", str(eps), "--source", model]
        )
        times["flowbound"].append(used - idle)
        times["flowbound, to the end"].append(end - idle)
    print(f"correct under PGD-{count}: torch {of_torch}, flowbound {of_flowbound}")
    for k, clock in enumerate(("elapsed", "processor")):
        reference = statistics.median(seconds[k] for seconds in times["torch"])
        for name, measured in times.items():
            middle = statistics.median(seconds[k] for seconds in measured)
            listed = ", ".join(f"{seconds[k]:.2f}" for seconds in measured)
            print(f"{clock:9s} {name:22s} {middle:7.2f} s  ratio {reference / middle:5.2f}  ({listed})")


if __name__ == "__main__":
    main(*sys.argv[1:])
