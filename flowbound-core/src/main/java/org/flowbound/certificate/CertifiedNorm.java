package org.flowbound.certificate;

import java.util.Arrays;
import java.util.Optional;

/** The norms in which a certificate may bound δ. */
public enum CertifiedNorm {
  ONE("1"),
  TWO("2"),
  INFINITY("inf");

  private final String label;

  CertifiedNorm(String label) {
    this.label = label;
  }

  /** The norm with the given label: 1, 2 or inf. */
  static Optional<CertifiedNorm> named(String label) {
    return Arrays.stream(values()).filter(norm -> norm.label.equals(label)).findFirst();
  }

  /** The label in files and messages. */
  @Override
  public String toString() {
    return label;
  }
}
