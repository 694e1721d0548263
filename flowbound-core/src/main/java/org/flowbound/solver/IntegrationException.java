package org.flowbound.solver;

/** An integration could not go on; the {@link Diagnosis} says where, why, and what to try. */
public final class IntegrationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Diagnosis diagnosis;

  IntegrationException(Diagnosis diagnosis) {
    super(diagnosis.toString());
    this.diagnosis = diagnosis;
  }

  /** What was found at the point of failure. */
  public Diagnosis diagnosis() {
    return diagnosis;
  }
}
