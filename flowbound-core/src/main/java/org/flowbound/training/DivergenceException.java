package org.flowbound.training;

/** Training was stopped because its loss is no longer a finite number. */
public final class DivergenceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DivergenceException(int epoch, int batch, double learningRate) {
    super(
        ("The loss is not finite in epoch %d, batch %d: training diverged. Lower the learning rate"
                + " (%s), or keep the weights stable.")
            .formatted(epoch, batch, learningRate));
  }
}
