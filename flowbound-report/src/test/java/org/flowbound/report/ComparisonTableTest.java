package org.flowbound.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ComparisonTableTest {
  @Test
  void alignsTheColumns() {
    assertThat(ComparisonTable.format(ComparisonFixture.typical()))
        .isEqualTo(
            """
            accuracy in %                                    FGSM                                      noise
            network                  certified δ  clean  ε = 0.01  0.02  0.03  0.05  0.07   0.1  0.15   0.15
            classical             [2.587, 2.591]   97.6      92.1  79.0  60.2  27.4   9.8   1.6   0.2   96.5
            stable −0.5         [−0.510, −0.500]   97.3      93.5  88.3  80.0  49.4  23.8   7.9   1.1   96.2
            stable −0.5, κ = 2  [−0.525, −0.500]   96.7      94.2  91.0  86.2  70.1  50.2  24.1   6.2   95.6
            stable −2           [−2.188, −2.000]   92.5      89.6  85.8  80.3  64.7  43.0  17.6   4.8   91.4
            """);
  }

  @Test
  void withoutAttacksOrNumbersThereAreDashes() {
    assertThat(ComparisonTable.format(ComparisonFixture.sparse()))
        .isEqualTo(
            """
            accuracy in %
            network        certified δ  clean
            odd                [−∞, ∞]      –
            """);
  }

  @Test
  void hostileNamesCannotSteerTheTerminal() {
    assertThat(ComparisonTable.format(ComparisonFixture.hostile()))
        .doesNotContain("\u001b")
        .doesNotContain("\u202e")
        .doesNotContain("\u0000")
        .hasLineCount(6);
  }
}
