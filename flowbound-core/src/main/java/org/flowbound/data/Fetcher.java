package org.flowbound.data;

import java.io.IOException;
import java.net.URI;

/** Gets files from elsewhere. */
@FunctionalInterface
public interface Fetcher {
  /**
   * The whole content that {@code source} serves.
   *
   * @param limit the largest size accepted, in bytes
   * @throws IOException if it cannot be had, is larger, or breaks off; the message says why
   */
  byte[] fetch(URI source, int limit) throws IOException;
}
