"""The training of SpiralTraining.java in PyTorch: autograd through an adaptive Dormand-Prince solver.

The solver is written by hand the way torchdiffeq's is: steps by error control, values at the data's
times by the quartic interpolant, gradients through all of it, step sizes as constants. Prints
"seconds processor-seconds first-loss last-loss steps-per-iteration".
"""
import math
import sys
import time

import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else 1)

A = [
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
    [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
]
E = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40]
D = [-12715105075 / 11282082432, 0, 87487479700 / 32700410799, -10690763975 / 1880347072,
     701980252875 / 199316789632, -1453857185 / 822651844, 69997945 / 29380423]
A = [torch.tensor(row) for row in A]
E = torch.tensor(E)
D = torch.tensor(D)
RTOL, ATOL = 1e-7, 1e-9


def first_step(f, u, slope, end):
    scale = ATOL + RTOL * u.abs()
    d0 = float((u / scale).square().mean().sqrt())
    d1 = float((slope / scale).square().mean().sqrt())
    h0 = 1e-6 if d0 < 1e-5 or d1 < 1e-5 else 0.01 * d0 / d1
    d2 = float(((f(u + h0 * slope) - slope) / scale).square().mean().sqrt()) / h0
    return min(100 * h0, (0.01 / max(d1, d2)) ** 0.2, end)


def odeint(f, u, times):
    values, steps = [u], 0
    t, end = 0.0, float(times[-1])
    slope = f(u)
    with torch.no_grad():
        h = first_step(f, u, slope, end)
    last_error, i, rejected = 1.0, 1, False
    while i < len(times):
        ks = [slope]
        for row in A:
            k = torch.stack(ks)
            v = u + h * (row @ k)
            ks.append(f(v))
        k = torch.stack(ks)
        with torch.no_grad():
            scale = ATOL + RTOL * torch.maximum(u.abs(), v.abs())
            error = float((h * (E @ k) / scale).square().mean().sqrt())
        if error > 1:
            h *= max(0.2, 0.9 * error ** -0.2)
            rejected = True
            continue
        steps += 1
        if times[i] <= t + h:
            f0 = v - u
            f1 = h * slope - f0
            f2 = 2 * f0 - h * (slope + ks[-1])
            f3 = h * (D @ k)
            while i < len(times) and times[i] <= t + h + 1e-14:
                s = (times[i] - t) / h
                values.append(u + s * (f0 + (1 - s) * (f1 + s * (f2 + (1 - s) * f3))))
                i += 1
        t, u, slope = t + h, v, ks[-1]
        factor = 0.9 * max(error, 1e-10) ** -0.17 * last_error ** 0.04
        factor = min(1.0 if rejected else 10.0, max(0.2, factor))
        last_error, rejected = max(error, 1e-4), False
        h = min(h * factor, max(end - t, 1e-12))
    return torch.stack(values), steps


def weight(k):
    return 0.1 * math.sin(1.7 * k + 0.3)


class Field(torch.nn.Module):
    def __init__(self, hidden=50):
        super().__init__()
        self.inner = torch.nn.Linear(2, hidden)
        self.outer = torch.nn.Linear(hidden, 2)
        with torch.no_grad():
            self.inner.weight.copy_(
                torch.tensor([[weight(2 * i + j) for j in range(2)] for i in range(hidden)]))
            self.outer.weight.copy_(
                torch.tensor([[weight(1000 + hidden * i + j) for j in range(hidden)] for i in range(2)]))
            self.inner.bias.zero_()
            self.outer.bias.zero_()

    def forward(self, u):
        return self.outer(torch.tanh(self.inner(u ** 3)))


iterations = int(sys.argv[1])
times = [1.5 * i / 29 for i in range(30)]
start_state = torch.tensor([2.0, 0.0])
S = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]])
with torch.no_grad():
    data, _ = odeint(lambda u: S @ u ** 3, start_state, times)
start = time.perf_counter()
cpu = time.process_time()
field = Field()
optimizer = torch.optim.Adam(field.parameters(), lr=0.01)
total = 0
for n in range(iterations):
    optimizer.zero_grad()
    values, steps = odeint(field, start_state, times)
    loss = (values - data).square().sum() / 30
    loss.backward()
    optimizer.step()
    total += steps
    if n == 0:
        first = float(loss)
print(f"{time.perf_counter() - start:.4f} {time.process_time() - cpu:.4f} {first:.10f} {float(loss):.10f} {total / iterations:.1f}")
