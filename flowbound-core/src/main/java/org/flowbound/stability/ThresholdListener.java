package org.flowbound.stability;

/** Hears how the bracket of a contractivity threshold closes. */
@FunctionalInterface
public interface ThresholdListener {
  /** Ignores everything. */
  ThresholdListener SILENT = (alphaLower, alphaUpper, evaluations) -> {};

  /** Called from the calling thread after every evaluation of δ. */
  void progress(double alphaLower, double alphaUpper, int evaluations);
}
