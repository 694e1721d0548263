package org.flowbound.parallel;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fixed number of worker threads that share numbered tasks. The calling thread is one of them.
 */
public final class Workers implements AutoCloseable {
  private final int count;
  private final ExecutorService pool;

  /**
   * @param count number of threads, the calling one included
   * @throws IllegalArgumentException if it is less than 1
   */
  public Workers(int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "The number of threads (%d) must be at least 1.".formatted(count));
    }
    this.count = count;
    this.pool =
        Executors.newFixedThreadPool(
            Math.max(1, count - 1),
            task -> {
              Thread thread = new Thread(task, "flowbound-worker");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** The number of threads. */
  public int count() {
    return count;
  }

  /** A piece of work. */
  @FunctionalInterface
  public interface Task {
    /**
     * @param task the task's number
     * @param worker the number of the worker that runs it, less than {@link Workers#count}; no two
     *     tasks run at once with the same one
     */
    void run(int task, int worker);
  }

  /**
   * Runs tasks 0 … n − 1, each once, and returns when all have ended.
   *
   * @throws CancellationException if the calling thread is interrupted; no task is left running
   */
  public void run(int n, Task task) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("The computation was interrupted.");
    }
    AtomicInteger next = new AtomicInteger();
    int helpers = Math.min(count, n) - 1;
    Future<?>[] futures = new Future<?>[Math.max(0, helpers)];
    for (int w = 0; w < helpers; w++) {
      int worker = w + 1;
      futures[w] = pool.submit(() -> drain(next, n, task, worker));
    }
    try {
      drain(next, n, task, 0);
    } finally {
      next.set(n);
      await(futures);
    }
  }

  private static void drain(AtomicInteger next, int n, Task task, int worker) {
    int k;
    while ((k = next.getAndIncrement()) < n) {
      task.run(k, worker);
    }
  }

  private static void await(Future<?>[] futures) {
    boolean interrupted = false;
    Throwable failure = null;
    for (Future<?> future : futures) {
      while (true) {
        try {
          future.get();
          break;
        } catch (InterruptedException interruption) {
          interrupted = true;
        } catch (ExecutionException thrown) {
          failure = thrown.getCause();
          break;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw new CancellationException("The computation was interrupted.");
    }
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    if (failure instanceof Error error) {
      throw error;
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
