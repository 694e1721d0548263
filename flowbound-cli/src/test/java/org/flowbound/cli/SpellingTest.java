package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
  private static final List<String> NAMES =
      List.of("--alpha", "--norm", "--tol", "--time-limit", "--node-limit", "bound", "attack");

  @ParameterizedTest
  @CsvSource({
    "--apha,--alpha",
    "--aplha,--alpha",
    "--alpah,--alpha",
    "--alphaa,--alpha",
    "--time,--time-limit",
    "--tiem-limit,--time-limit",
    "--timelimit,--time-limit",
    "bond,bound",
    "atack,attack",
    "--zeta,",
    "--t,",
    "xyz,",
    "-,",
    "--,"
  })
  void closest(String misspelt, String meant) {
    assertThat(Spelling.closest(misspelt, NAMES).orElse(null)).isEqualTo(meant);
  }

  @ParameterizedTest
  @CsvSource({"kitten,sitting,3", "ab,ba,1", "abc,abc,0", "'',abc,3", "abc,'',3"})
  void distance(String a, String b, int distance) {
    assertThat(Spelling.distance(a, b)).isEqualTo(distance);
  }
}
