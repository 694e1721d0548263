package org.flowbound.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class CommandHelpTest {
  static Stream<String> commands() {
    return new CommandLine(new FlowboundCommand())
        .getSubcommands().keySet().stream().filter(name -> !name.equals("generate-completion"));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandExplainsItself(String name) {
    Outcome outcome = Outcome.of(name, "--help");
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out())
        .contains("Usage: flowbound " + name, "Exit codes:", "Examples:", "  flowbound " + name)
        .contains("--json", "--quiet", "--debug");
    assertThat(outcome.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyOptionIsDescribed(String name) {
    CommandSpec command =
        new CommandLine(new FlowboundCommand()).getSubcommands().get(name).getCommandSpec();
    assertThat(command.args()).allMatch(argument -> argument.description().length > 0);
  }
}
