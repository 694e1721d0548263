package org.flowbound.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets the main thread tidy up when the process is told to end (Ctrl-C): it is interrupted, and
 * given a moment to remove files that are only half written.
 */
final class Interruption {
  private static final long GRACE_SECONDS = 2;

  private final CountDownLatch ended = new CountDownLatch(1);

  private Interruption() {}

  static Interruption of(Thread main) {
    Interruption interruption = new Interruption();
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> interruption.interrupt(main), "flowbound-interruption"));
    return interruption;
  }

  void mainHasEnded() {
    ended.countDown();
  }

  private void interrupt(Thread main) {
    if (ended.getCount() == 0) {
      return;
    }
    main.interrupt();
    try {
      if (!ended.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("flowbound: interrupted");
      }
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
