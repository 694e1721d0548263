package org.flowbound.cli;

/** What the command's exit code says. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILURE = 1;
  static final int USAGE = 2;
  static final int INPUT = 3;
  static final int REFUSED = 4;
  static final int LIMIT = 5;
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
