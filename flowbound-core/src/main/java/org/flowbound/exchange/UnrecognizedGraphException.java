package org.flowbound.exchange;

/** Says why a graph is not seen to be a neural ODE. */
public final class UnrecognizedGraphException extends Exception {
  private static final long serialVersionUID = 1;

  UnrecognizedGraphException(String reason) {
    super(reason);
  }
}
