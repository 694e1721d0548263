/**
 * The command line: one class per command, which turns options into values of the library and
 * results into text or JSON. There is no logic here that a user of the library would miss.
 *
 * <p>A new command is a final class that extends {@link org.flowbound.cli.HelpfulCommand}, is
 * annotated with {@code @Command(name, header, description, footer)} (the footer shows examples)
 * and is listed in {@link org.flowbound.cli.FlowboundCommand}. It takes what it needs from the
 * mixins:
 *
 * <ul>
 *   <li>{@link org.flowbound.cli.OutputOptions}: {@code --json}, {@code --quiet}, {@code --debug};
 *       {@code print(fields, text)} prints the result, {@code progress()} opens a progress bar;
 *   <li>{@link org.flowbound.cli.ComputationOptions}: {@code --seed}, {@code --threads};
 *   <li>{@link org.flowbound.cli.WeightsArgument}: the square matrix W;
 *   <li>{@link org.flowbound.cli.DatasetOptions}: {@code --dataset}, {@code --data-dir}.
 * </ul>
 *
 * <p>A number's range stands in {@code @Range("[0, 1]")} at its option, and is checked before the
 * command is called. An option with names to choose from is an enum whose {@code toString} is the
 * name. What only a library record can check goes through {@link org.flowbound.cli.Usage}. {@code
 * call} returns a code of {@link org.flowbound.cli.ExitCode} and lets exceptions pass: {@link
 * org.flowbound.cli.ErrorReporter} turns each into one line and an exit code.
 */
@NullMarked
package org.flowbound.cli;

import org.jspecify.annotations.NullMarked;
