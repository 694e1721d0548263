r"""Evaluates a saved model independently, in float64 with numpy, and compares the counts.

    flowbound attack MODEL --dataset mnist --attack fgsm --norm linf --eps 0,0.03,0.05,0.1 --json > attack.json
    python3 check_attack.py MODEL FOLDER attack.json

    flowbound attack MODEL --dataset mnist --attack bim --iterations 40 --step-size 0.0625 \
        --norm linf --eps 0.03,0.05,0.1 --json > attack.json
    python3 check_attack.py MODEL FOLDER attack.json --iterations 40 --step-size 0.0625

The second form checks projected gradient steps that start at the image, in either norm: an image is
broken if any of the points on its way is misclassified. Results of an --examples file are checked by

    python3 check_attack.py MODEL FOLDER attack.json --examples F.npz

which classifies the perturbed images and measures their distances.

FOLDER holds the four IDX files of the data set. The network and its gradient are written out here
from their definition, and nothing of Flowbound is used: the model file is read by hand. Ends with 1
if a count differs by more than 0.1 % of the images.

    python3 check_attack.py MODEL FOLDER attack.json --without-rare-pixels

also shows what the same network does when the weights of those pixels are set to zero that fewer
than 1 % of the training images have ink on: how much of its weakness sits there.
"""

import gzip
import json
import os
import struct
import sys

import numpy as np


def read_model(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    metadata = header.pop("__metadata__")
    tensors = {}
    for name, entry in header.items():
        assert entry["dtype"] == "F32", name
        begin, end = entry["data_offsets"]
        values = np.frombuffer(data[begin:end], "<f4").astype(np.float64)
        tensors[name] = values.reshape(entry["shape"])
    return metadata, tensors


def read_idx(folder, name):
    path = os.path.join(folder, name)
    opener = open if os.path.exists(path) else gzip.open
    path = path if os.path.exists(path) else path + ".gz"
    with opener(path, "rb") as file:
        content = file.read()
    dimensions = content[3]
    shape = struct.unpack(">" + "I" * dimensions, content[4 : 4 + 4 * dimensions])
    return np.frombuffer(content[4 + 4 * dimensions :], np.uint8).reshape(shape)


class Network:
    """softmax(C u(T) + c), u(0) = B x + beta, u' = s(A u + b) by explicit Euler."""

    def __init__(self, metadata, tensors):
        assert metadata["solver"] == "euler" and metadata["activation"] == "smooth-leaky-relu"
        self.alpha = float(metadata["alpha"])
        self.z = np.arccosh(1 / np.sqrt(self.alpha))
        self.steps = int(metadata["steps"])
        self.h = float(metadata["T"]) / self.steps
        self.mean = float(metadata["normalization.mean"])
        self.deviation = float(metadata["normalization.deviation"])
        self.w = tensors

    def activation(self, x):
        tail = self.alpha * (x + self.z) - np.tanh(self.z)
        return np.where(x >= 0, x, np.where(x >= -self.z, np.tanh(x), tail))

    def slope(self, x):
        return np.where(x >= 0, 1.0, np.where(x >= -self.z, 1 - np.tanh(x) ** 2, self.alpha))

    def forward(self, images):
        u = (images - self.mean) / self.deviation @ self.w["input.weight"].T + self.w["input.bias"]
        slopes = []
        for _ in range(self.steps):
            x = u @ self.w["ode.weight"].T + self.w["ode.bias"]
            slopes.append(self.slope(x))
            u = u + self.h * self.activation(x)
        return u @ self.w["output.weight"].T + self.w["output.bias"], slopes

    def pixel_gradient(self, images, labels):
        logits, slopes = self.forward(images)
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        p[np.arange(len(labels)), labels] -= 1
        g = p @ self.w["output.weight"]
        for slope in reversed(slopes):
            g = g + self.h * (slope * g) @ self.w["ode.weight"]
        return g @ self.w["input.weight"] / self.deviation


def correct(network, images, labels, signs, eps):
    perturbed = np.clip(images + eps * signs, 0, 1)
    return int((network.forward(perturbed)[0].argmax(axis=1) == labels).sum())


def without_rare_pixels(metadata, tensors, folder):
    training = read_idx(folder, "train-images-idx3-ubyte")
    rare = (training.reshape(len(training), -1) > 0).mean(axis=0) < 0.01
    weight = tensors["input.weight"].copy()
    weight[:, rare] = 0
    print(f"without the weights of {rare.sum()} rarely inked pixels:")
    return Network(metadata, {**tensors, "input.weight": weight})


def projected_gradient(network, images, labels, norm, eps, iterations, step):
    """The number of images of which no point on the way from the image is misclassified."""
    x = images.copy()
    unbroken = np.arange(len(labels))
    for _ in range(iterations):
        unbroken = unbroken[network.forward(x[unbroken])[0].argmax(axis=1) == labels[unbroken]]
        gradient = network.pixel_gradient(x[unbroken], labels[unbroken])
        start = images[unbroken]
        if norm == "linf":
            moved = x[unbroken] + step * eps * np.sign(gradient)
            change = np.clip(moved - start, -eps, eps)
        else:
            length = np.linalg.norm(gradient, axis=1, keepdims=True)
            change = x[unbroken] + step * eps * gradient / np.maximum(length, 1e-300) - start
            change *= np.minimum(
                1, eps / np.maximum(np.linalg.norm(change, axis=1, keepdims=True), 1e-300)
            )
        x[unbroken] = np.clip(start + change, 0, 1)
    return int((network.forward(x[unbroken])[0].argmax(axis=1) == labels[unbroken]).sum())


def check_examples(network, labels, path, attack):
    """Classifies the perturbed images of the largest eps and measures how far they are."""
    content = np.load(path)
    eps = float(content["eps"][0])
    count = len(content["label"])
    original = content["original"].reshape(count, -1).astype(np.float64)
    perturbed = content["perturbed"].reshape(count, -1).astype(np.float64)
    assert (content["label"] == labels[:count]).all()
    assert perturbed.min() >= 0 and perturbed.max() <= 1
    change = perturbed - original
    size = (
        np.abs(change).max(axis=1) if attack["norm"] == "linf" else np.linalg.norm(change, axis=1)
    )
    assert size[content["correct"] == 0].max() <= eps + 1e-6
    right = network.forward(perturbed)[0].argmax(axis=1) == content["label"]
    correct = int((right | (size > eps + 1e-6)).sum())
    claimed = int(content["correct"].sum())
    print(f"eps {eps:<6} flowbound {claimed:6d}   numpy, of the same examples {correct:6d}")
    return abs(correct - claimed)


def option(options, name):
    return options[options.index(name) + 1] if name in options else None


def main(model, folder, results, *options):
    metadata, tensors = read_model(model)
    network = Network(metadata, tensors)
    images = read_idx(folder, "t10k-images-idx3-ubyte").reshape(10000, -1) / 255.0
    labels = read_idx(folder, "t10k-labels-idx1-ubyte").astype(int)
    with open(results) as file:
        attack = json.load(file)
    total = attack["results"][0]["total"]
    images, labels = images[:total], labels[:total]
    worst = 0
    limit = max(1, len(labels) // 1000)
    if option(options, "--examples"):
        worst = check_examples(network, labels, option(options, "--examples"), attack)
    elif option(options, "--iterations"):
        assert attack["attack"] == "bim"
        limit = max(1, len(labels) // 500)
        iterations, step = int(option(options, "--iterations")), float(option(options, "--step-size"))
        for point in attack["results"]:
            count = projected_gradient(
                network, images, labels, attack["norm"], point["eps"], iterations, step
            )
            worst = max(worst, abs(count - point["correct"]))
            print(f"eps {point['eps']:<6} flowbound {point['correct']:6d}   numpy {count:6d}")
    else:
        worst = check_fgsm(network, images, labels, attack)
    if "--without-rare-pixels" in options:
        reduced = without_rare_pixels(metadata, tensors, folder)
        signs = np.sign(reduced.pixel_gradient(images, labels))
        for point in attack["results"]:
            count = correct(reduced, images, labels, signs, point["eps"])
            print(f"eps {point['eps']:<6} numpy {count:6d}")
    print(f"largest difference {worst} of {len(labels)} images, {limit} allowed")
    return 0 if worst <= limit else 1


def check_fgsm(network, images, labels, attack):
    assert attack["attack"] == "fgsm" and attack["norm"] == "linf"
    signs = np.sign(network.pixel_gradient(images, labels))
    worst = 0
    for point in attack["results"]:
        count = correct(network, images, labels, signs, point["eps"])
        worst = max(worst, abs(count - point["correct"]))
        print(f"eps {point['eps']:<6} flowbound {point['correct']:6d}   numpy {count:6d}")
    return worst


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
