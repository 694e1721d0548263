package org.flowbound.verification;

/** Intervals that hold the pre-activations {@code A y_i + b} of every stage of every step. */
interface PreactivationRanges {
  /** Claims nothing. */
  PreactivationRanges NONE =
      new PreactivationRanges() {
        @Override
        public double lower(int stage, int coordinate) {
          return Double.NEGATIVE_INFINITY;
        }

        @Override
        public double upper(int stage, int coordinate) {
          return Double.POSITIVE_INFINITY;
        }
      };

  /**
   * @param stage counted through all steps
   */
  double lower(int stage, int coordinate);

  double upper(int stage, int coordinate);
}
