package org.flowbound.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpFetcherTest {
  private final HttpFetcher fetcher = HttpFetcher.defaults();
  private HttpServer server;

  @BeforeEach
  void startServer() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/file",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write(new byte[] {1, 2, 3, 4, 5});
          }
        });
    server.start();
  }

  @AfterEach
  void stopServer() {
    server.stop(0);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path));
  }

  @Test
  void fetchesAndTellsTheListener() throws IOException {
    List<Long> received = Collections.synchronizedList(new ArrayList<>());
    List<OptionalLong> expected = Collections.synchronizedList(new ArrayList<>());
    HttpFetcher listened =
        fetcher.withListener(
            (source, bytes, size) -> {
              assertThat(source).isEqualTo(uri("/file"));
              received.add(bytes);
              expected.add(size);
            });
    assertThat(listened.fetch(uri("/file"), 5)).containsExactly(1, 2, 3, 4, 5);
    assertThat(received).last().isEqualTo(5L);
    assertThat(expected).containsOnly(OptionalLong.of(5));
  }

  @Test
  void followsRedirects() throws IOException {
    server.createContext(
        "/moved",
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().add("Location", uri("/file").toString());
            exchange.sendResponseHeaders(302, -1);
          }
        });
    assertThat(fetcher.fetch(uri("/moved"), 5)).hasSize(5);
  }

  @Test
  void refusesMoreThanTheLimit() {
    assertThatThrownBy(() -> fetcher.fetch(uri("/file"), 4))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than 4 bytes");
  }

  @Test
  void refusesAnErrorStatus() {
    assertThatThrownBy(() -> fetcher.fetch(uri("/nothing"), 4))
        .isInstanceOf(IOException.class)
        .hasMessage("HTTP status 404");
  }

  @Test
  void givesUpOnSilence() throws Exception {
    CountDownLatch stopped = new CountDownLatch(1);
    server.createContext(
        "/silent",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write(1);
            exchange.getResponseBody().flush();
            stopped.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertThatThrownBy(
            () -> fetcher.withStallTimeout(Duration.ofMillis(300)).fetch(uri("/silent"), 5))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("silent");
    stopped.countDown();
  }

  @Test
  void saysWhyThereIsNoConnection() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThatThrownBy(() -> fetcher.fetch(URI.create("http://127.0.0.1:" + port + "/"), 5))
        .isInstanceOf(IOException.class)
        .hasMessageMatching("no connection|.*refused.*");
  }

  @Test
  void saysThatAHostIsUnknown() {
    Assumptions.assumeTrue(
        () -> {
          try {
            return InetAddress.getAllByName("nowhere.invalid").length == 0;
          } catch (UnknownHostException e) {
            return true;
          }
        },
        "Names that cannot exist are resolved here.");
    assertThatThrownBy(() -> fetcher.fetch(URI.create("http://nowhere.invalid/"), 5))
        .isInstanceOf(IOException.class)
        .hasMessage("unknown host");
  }

  @Test
  void stopsWhenInterrupted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> fetcher.fetch(uri("/file"), 5))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void refusesTimesThatAreNotPositive() {
    assertThatThrownBy(() -> fetcher.withConnectTimeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT0S");
  }
}
