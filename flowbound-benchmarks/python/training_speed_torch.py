"""The training step of TrainingSpeed in PyTorch, eager, with a plain Euler loop.

    python3 training_speed_torch.py WIDTH THREADS EPOCHS

Prints the samples per second of the median epoch; the first third of the epochs warms up.
"""

import json
import math
import sys
import time

import torch

IMAGES, PIXELS, STEPS, BATCH, ALPHA = 12_800, 784, 20, 128, 0.1
Z = math.acosh(1 / math.sqrt(ALPHA))


def activation(x):
    """Leaky with slope 0.1 to the left, tanh between: one expression without branches."""
    return x.clamp(min=0) + torch.tanh(x.clamp(-Z, 0)) + ALPHA * (x + Z).clamp(max=0)


class Network(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.input = torch.nn.Linear(PIXELS, width)
        self.ode = torch.nn.Linear(width, width)
        self.output = torch.nn.Linear(width, 10)

    def forward(self, x):
        u = self.input(x)
        for _ in range(STEPS):
            u = u + activation(self.ode(u)) / STEPS
        return self.output(u)


def main(width, threads, epochs):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    images = torch.rand(IMAGES, PIXELS)
    labels = torch.randint(10, (IMAGES,))
    network = Network(width)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    loss = torch.nn.CrossEntropyLoss()
    seconds = []
    for _ in range(epochs):
        start = time.perf_counter()
        order = torch.randperm(IMAGES)
        for begin in range(0, IMAGES, BATCH):
            batch = order[begin : begin + BATCH]
            optimizer.zero_grad()
            loss(network(images[batch]), labels[batch]).backward()
            optimizer.step()
        seconds.append(time.perf_counter() - start)
    steady = sorted(seconds[epochs // 3 :])
    rate = IMAGES / steady[len(steady) // 2]
    print(json.dumps({"width": width, "samplesPerSecond": round(rate)}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
