package org.flowbound.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Fetches over HTTP and HTTPS, through the system's proxy and following redirects.
 *
 * @param connectTimeout how long a connection may take
 * @param stallTimeout how long the other side may stay silent
 * @param listener is told of the bytes as they arrive
 */
public record HttpFetcher(Duration connectTimeout, Duration stallTimeout, DownloadListener listener)
    implements Fetcher {
  private static final int OK = 200;

  /** Is told of a download while it goes on, on a thread of its own. */
  @FunctionalInterface
  public interface DownloadListener {
    /**
     * @param received bytes so far
     * @param expected bytes in all, if the server said so
     */
    void received(URI source, long received, OptionalLong expected);
  }

  /**
   * @throws IllegalArgumentException if a time is not positive
   */
  public HttpFetcher {
    requirePositive(connectTimeout, "connect timeout");
    requirePositive(stallTimeout, "stall timeout");
  }

  private static void requirePositive(Duration duration, String name) {
    if (duration.isZero() || duration.isNegative()) {
      throw new IllegalArgumentException("The %s (%s) must be positive.".formatted(name, duration));
    }
  }

  /** 10 seconds for a connection, 30 seconds of silence, no listener. */
  public static HttpFetcher defaults() {
    return new HttpFetcher(
        Duration.ofSeconds(10), Duration.ofSeconds(30), (source, received, expected) -> {});
  }

  public HttpFetcher withConnectTimeout(Duration value) {
    return new HttpFetcher(value, stallTimeout, listener);
  }

  public HttpFetcher withStallTimeout(Duration value) {
    return new HttpFetcher(connectTimeout, value, listener);
  }

  public HttpFetcher withListener(DownloadListener value) {
    return new HttpFetcher(connectTimeout, stallTimeout, value);
  }

  @Override
  public byte[] fetch(URI source, int limit) throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(connectTimeout)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    HttpRequest request = HttpRequest.newBuilder(source).build();
    Body body = new Body(source, limit, listener);
    CompletableFuture<HttpResponse<byte[]>> response = client.sendAsync(request, body::subscriber);
    try {
      while (true) {
        try {
          return response.get(100, TimeUnit.MILLISECONDS).body();
        } catch (TimeoutException e) {
          if (body.silence().compareTo(stallTimeout) > 0) {
            throw new HttpTimeoutException(
                "silent for %d seconds".formatted(stallTimeout.toSeconds()));
          }
        }
      }
    } catch (ExecutionException e) {
      throw new IOException(reason(e.getCause()), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      response.cancel(true);
    }
  }

  private static String reason(@Nullable Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof UnresolvedAddressException) {
        return "unknown host";
      }
    }
    if (failure == null || failure.getMessage() == null) {
      return failure instanceof ConnectException ? "no connection" : String.valueOf(failure);
    }
    return failure.getMessage();
  }

  /** Gathers one response and notices when nothing arrives any more. */
  private static final class Body implements BodySubscriber<byte[]> {
    private final URI source;
    private final int limit;
    private final DownloadListener listener;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private volatile long lastSign = System.nanoTime();
    private OptionalLong expected = OptionalLong.empty();
    private Flow.@Nullable Subscription subscription;

    Body(URI source, int limit, DownloadListener listener) {
      this.source = source;
      this.limit = limit;
      this.listener = listener;
    }

    BodySubscriber<byte[]> subscriber(HttpResponse.ResponseInfo info) {
      lastSign = System.nanoTime();
      expected = info.headers().firstValueAsLong("Content-Length");
      if (info.statusCode() != OK) {
        result.completeExceptionally(new IOException("HTTP status " + info.statusCode()));
      }
      return this;
    }

    Duration silence() {
      return Duration.ofNanos(System.nanoTime() - lastSign);
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return result;
    }

    @Override
    public void onSubscribe(Flow.Subscription value) {
      subscription = value;
      if (result.isDone()) {
        value.cancel();
      } else {
        value.request(Long.MAX_VALUE);
      }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      lastSign = System.nanoTime();
      for (ByteBuffer buffer : buffers) {
        if (buffer.remaining() > limit - bytes.size()) {
          subscription.cancel();
          result.completeExceptionally(
              new IOException("sends more than %d bytes".formatted(limit)));
          return;
        }
        byte[] chunk = new byte[buffer.remaining()];
        buffer.get(chunk);
        bytes.writeBytes(chunk);
      }
      listener.received(source, bytes.size(), expected);
    }

    @Override
    public void onError(Throwable failure) {
      result.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      result.complete(bytes.toByteArray());
    }
  }
}
