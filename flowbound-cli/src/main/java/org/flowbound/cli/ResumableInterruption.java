package org.flowbound.cli;

import java.util.concurrent.CancellationException;

/** An interruption after which the command can go on; the message says how. */
final class ResumableInterruption extends CancellationException {
  private static final long serialVersionUID = 1L;

  ResumableInterruption(String message) {
    super(message);
  }
}
