package org.flowbound.stability;

/** Hears how the interval of δ closes. */
@FunctionalInterface
public interface ExpansivityListener {
  /** Ignores everything. */
  ExpansivityListener SILENT = (lower, upper, nodes) -> {};

  /** Called from the calling thread after every wave of nodes. */
  void progress(double lower, double upper, long nodes);
}
