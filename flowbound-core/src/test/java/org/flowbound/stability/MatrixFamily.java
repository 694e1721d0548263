package org.flowbound.stability;

import java.util.random.RandomGenerator;
import org.flowbound.linalg.Blas;
import org.flowbound.linalg.Matrix;

/** The families of weights that bounds are tested and measured on. */
public enum MatrixFamily {
  GAUSSIAN {
    @Override
    public Matrix sample(int d, RandomGenerator random) {
      return gaussian(d, d, random).times(1 / Math.sqrt(d));
    }
  },
  SHIFTED {
    @Override
    public Matrix sample(int d, RandomGenerator random) {
      return GAUSSIAN.sample(d, random).minus(Matrix.identity(d).times(1.5));
    }
  },
  SYMMETRIC {
    @Override
    public Matrix sample(int d, RandomGenerator random) {
      Matrix g = GAUSSIAN.sample(d, random);
      return g.plus(g.transpose()).times(0.5);
    }
  },
  SKEW {
    @Override
    public Matrix sample(int d, RandomGenerator random) {
      Matrix g = GAUSSIAN.sample(d, random);
      return g.minus(g.transpose()).times(0.5);
    }
  },
  ORTHOGONAL {
    @Override
    public Matrix sample(int d, RandomGenerator random) {
      Matrix q = Matrix.identity(d);
      for (int k = 0; k < d; k++) {
        double[] v = gaussian(d, 1, random).toArray();
        double norm = 0;
        for (double x : v) {
          norm += x * x;
        }
        double scale = 2 / norm;
        Matrix reflection = Matrix.generate(d, d, (i, j) -> (i == j ? 1 : 0) - scale * v[i] * v[j]);
        q = Blas.multiply(q, reflection);
      }
      return q;
    }
  },
  LOW_RANK {
    @Override
    public Matrix sample(int d, RandomGenerator random) {
      int rank = Math.max(1, d / 8);
      return Blas.multiply(gaussian(d, rank, random), gaussian(rank, d, random)).times(1.0 / d);
    }
  },
  TRIANGULAR {
    @Override
    public Matrix sample(int d, RandomGenerator random) {
      Matrix g = GAUSSIAN.sample(d, random);
      return Matrix.generate(d, d, (i, j) -> j >= i ? g.get(i, j) : 0);
    }
  },
  TOEPLITZ {
    @Override
    public Matrix sample(int d, RandomGenerator random) {
      double[] band = gaussian(1, 5, random).toArray();
      return Matrix.generate(
          d, d, (i, j) -> Math.abs(i - j) <= 2 ? band[i - j + 2] / Math.sqrt(5) : 0);
    }
  };

  /** One random d × d matrix of the family. */
  public abstract Matrix sample(int d, RandomGenerator random);

  static Matrix gaussian(int rows, int columns, RandomGenerator random) {
    return Matrix.generate(rows, columns, (i, j) -> random.nextGaussian());
  }
}
