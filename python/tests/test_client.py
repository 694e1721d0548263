"""Tests of the client, with the command that FLOWBOUND names or that is on the PATH."""

import os
import tempfile
import unittest

import numpy as np

import flowbound


def symmetric_part_maximum(A, alpha):
    """delta(A) by enumeration of all vertices."""
    d = len(A)
    best = -np.inf
    for bits in range(2**d):
        D = np.array([1.0 if bits >> i & 1 else alpha for i in range(d)])
        M = D[:, None] * A
        best = max(best, np.linalg.eigvalsh((M + M.T) / 2)[-1])
    return best


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.A = np.random.default_rng(1).normal(size=(6, 6)) - np.eye(6)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def test_bound_holds_delta(self):
        for A in (self.A, np.asfortranarray(self.A), self.A.astype(">f8"), self.A.tolist()):
            result = flowbound.bound(A, alpha=0.25)
            exact = symmetric_part_maximum(np.array(A, dtype=float), 0.25)
            self.assertLessEqual(result["lower"], exact + 1e-9)
            self.assertGreaterEqual(result["upper"], exact - 1e-9)
            self.assertTrue(result["exact"])
            self.assertEqual(result["vertex"].shape, (6,))
            self.assertTrue(set(result["vertex"]) <= {0.25, 1.0})

    def test_bound_takes_options(self):
        closed = flowbound.bound(self.A, norm="inf")
        self.assertEqual(closed["norm"], "inf")
        sloped = flowbound.bound(self.A, slopes=(-0.1, 1.1))
        self.assertEqual((sloped["alpha"], sloped["beta"]), (-0.1, 1.1))

    def test_certificates_are_verified(self):
        proof = self.path("proof.json")
        result = flowbound.bound(self.A, certificate=proof)
        verdict = flowbound.verify(proof, weights=self.A)
        self.assertTrue(verdict["valid"])
        self.assertGreaterEqual(verdict["gamma"], result["lower"])
        self.assertFalse(flowbound.verify(proof, weights=self.A + 1)["valid"])

    def test_stabilize_reaches_its_target(self):
        result = flowbound.stabilize(self.A, target=0.2, method="certified")
        change = result["matrix"] - self.A
        self.assertAlmostEqual(np.linalg.norm(change), result["norm"], places=9)
        self.assertLessEqual(result["normLowerBound"], result["norm"])
        self.assertLessEqual(symmetric_part_maximum(result["matrix"], 0.1), 0.2 + 1e-9)

    def test_threshold_brackets(self):
        A = self.A - 2 * np.eye(6)
        result = flowbound.threshold(A, level=0)
        if "contractive" not in result:
            self.assertLessEqual(symmetric_part_maximum(A, result["alphaUpper"]), 1e-6)

    def test_models(self):
        model = self.path("m.safetensors")
        trained = flowbound.train(
            model, train_limit=800, test_limit=200, width=8, epochs=1, learning_rate=0.01
        )
        self.assertEqual(len(flowbound.attack(model, eps=0.1, test_limit=200)["results"]), 1)
        attacked = flowbound.attack(model, eps=[0, 0.1], test_limit=200)
        self.assertEqual(attacked["results"][0]["accuracy"], trained["testAccuracy"])
        certified = flowbound.certify(model, eps=(0, 0.1), test_limit=200)
        self.assertEqual(len(certified["results"]), 2)
        flowbound.export(model, self.path("m.npz"))
        with np.load(self.path("m.npz")) as tensors:
            arrays = {name.replace("ode", "block"): tensors[name] for name in tensors}
        again = flowbound.import_model(
            arrays,
            self.path("n.safetensors"),
            map={"ode.weight": "block.weight", "ode.bias": "block.bias"},
        )
        self.assertEqual(again["dimension"], 8)

    def test_errors_are_exceptions_with_one_line(self):
        with self.assertRaises(flowbound.UsageError) as usage:
            flowbound.bound(self.A, alpha=1.5)
        self.assertEqual(usage.exception.exit_code, 2)
        self.assertIn("--alpha 1.5 must lie in [0, 1]", str(usage.exception))
        for unusable in (np.full((2, 2), np.nan), np.ones((2, 3)), self.path("none.npy")):
            with self.assertRaises(flowbound.InputError) as problem:
                flowbound.bound(unusable)
            self.assertEqual(len(str(problem.exception).splitlines()), 1)

    def test_a_missing_command_is_told(self):
        named = os.environ.get("FLOWBOUND")
        os.environ["FLOWBOUND"] = self.path("none")
        try:
            with self.assertRaises(flowbound.FlowboundError) as missing:
                flowbound.bound(self.A)
            self.assertIn("cannot be started", str(missing.exception))
        finally:
            if named is None:
                del os.environ["FLOWBOUND"]
            else:
                os.environ["FLOWBOUND"] = named


if __name__ == "__main__":
    unittest.main()
