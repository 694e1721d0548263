package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

class RangeTest {
  @Command(name = "probe")
  @SuppressWarnings("UnusedVariable")
  private static final class Probe {
    @Option(names = "--share")
    @Range("[0, 1)")
    private double share;

    @Option(names = "--positive")
    @Range("(0, inf)")
    private Double positive;

    @Option(names = "--count")
    @Range("[1, 10]")
    private int count = 1;

    @Option(names = "--list", split = ",")
    @Range("(-inf, 0]")
    private List<Double> list;

    @Option(names = "--array", split = ",")
    @Range("[0, 1]")
    private double[] array;
  }

  private static void check(String option) {
    Range.Check.check(new CommandLine(new Probe()).parseArgs(option));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--share=0",
        "--share=0.999",
        "--positive=1e-300",
        "--positive=1e300",
        "--count=10",
        "--list=-1,0,-1e308",
        "--array=0,0.5,1"
      })
  void allowed(String option) {
    check(option);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--share=1", "--share=-1e-300", "--share=NaN", "--share=Infinity", "--positive=0",
        "--positive=Infinity", "--positive=-0", "--count=0", "--count=11", "--list=-1,1e-9",
        "--list=-Infinity", "--array=0,1.1", "--array=NaN"
      })
  void refused(String option) {
    assertThatThrownBy(() -> check(option))
        .isInstanceOfSatisfying(
            ParameterException.class, problem -> assertThat(problem.getArgSpec()).isNotNull());
  }
}
