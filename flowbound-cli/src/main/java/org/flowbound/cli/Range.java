package org.flowbound.cli;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Array;
import java.util.Collection;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The interval that an option's number, or each of its numbers, must lie in, as mathematicians
 * write it: {@code [0, 1)}, {@code (0, inf)}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
@interface Range {
  String value();

  /** Checks the ranges of all options of a command. */
  final class Check {
    private Check() {}

    /** The interval that the argument's field is annotated with, or null. */
    static @Nullable String of(ArgSpec argument) {
      Range range =
          argument.userObject() instanceof AnnotatedElement field
              ? field.getAnnotation(Range.class)
              : null;
      return range == null ? null : range.value();
    }

    /**
     * @throws ParameterException for the first number that is out of its range
     */
    static void check(ParseResult result) {
      for (ParseResult level = result; level != null; level = level.subcommand()) {
        for (ArgSpec argument : level.commandSpec().args()) {
          String range = of(argument);
          if (range == null) {
            continue;
          }
          for (Number number : numbers(argument.getValue()).toList()) {
            if (!contains(range, number.doubleValue())) {
              throw new ParameterException(
                  level.commandSpec().commandLine(), "out of range", argument, number.toString());
            }
          }
        }
      }
    }

    private static Stream<Number> numbers(@Nullable Object value) {
      if (value instanceof Number number) {
        return Stream.of(number);
      }
      if (value instanceof Collection<?> collection) {
        return collection.stream().flatMap(Check::numbers);
      }
      if (value != null && value.getClass().isArray()) {
        return IntStream.range(0, Array.getLength(value))
            .mapToObj(i -> Array.get(value, i))
            .flatMap(Check::numbers);
      }
      return Stream.empty();
    }

    private static boolean contains(String range, double number) {
      int comma = range.indexOf(',');
      double low = end(range.substring(1, comma));
      double high = end(range.substring(comma + 1, range.length() - 1));
      boolean above = range.startsWith("[") ? number >= low : number > low;
      boolean below = range.endsWith("]") ? number <= high : number < high;
      return above && below;
    }

    private static double end(String text) {
      return switch (text.strip()) {
        case "inf" -> Double.POSITIVE_INFINITY;
        case "-inf" -> Double.NEGATIVE_INFINITY;
        default -> Double.parseDouble(text);
      };
    }
  }
}
