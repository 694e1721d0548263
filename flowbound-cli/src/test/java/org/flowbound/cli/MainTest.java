package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MainTest {
  @Test
  void helpIsPrintedToStandardOutput() {
    Outcome outcome = Outcome.of("--help");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out()).contains("Commands:", "Exit codes:", "Examples:");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void versionNamesWhatItRunsOn() {
    Outcome outcome = Outcome.of("--version");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out())
        .contains("flowbound ", System.getProperty("java.runtime.version"), "OpenBLAS");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void withoutCommandTheHelpIsAnError() {
    Outcome outcome = Outcome.of();
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).contains("Usage: flowbound");
  }

  @Test
  void unknownCommandIsAnsweredWithASuggestion() {
    assertThat(Outcome.of("generate-complection"))
        .isEqualTo(
            new Outcome(
                2,
                "",
                "flowbound: unknown command 'generate-complection'; did you mean"
                    + " 'generate-completion'?\n"));
  }

  @Test
  void unknownOptionIsOneLine() {
    assertThat(Outcome.of("--alpah"))
        .isEqualTo(
            new Outcome(2, "", "flowbound: unknown option '--alpah'; see 'flowbound --help'\n"));
  }

  @Test
  void completionScriptIsPrinted() {
    Outcome outcome = Outcome.of("generate-completion");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out()).contains("complete -F _complete_flowbound");
  }
}
