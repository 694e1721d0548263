package org.flowbound.io;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One operation of an {@link OnnxGraph}.
 *
 * @param operator such as {@code Gemm}; operators of other domains than ONNX's own have theirs in
 *     front: {@code com.example::Gemm}
 * @param inputs names of values; an input that is left out is empty
 * @param outputs names of values
 * @param numbers the attributes that are numbers or lists of numbers
 * @param texts the attributes that are texts
 */
public record OnnxNode(
    String operator,
    List<String> inputs,
    List<String> outputs,
    Map<String, List<Double>> numbers,
    Map<String, String> texts) {
  public OnnxNode {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    numbers = Map.copyOf(numbers);
    texts = Map.copyOf(texts);
  }

  /** A node with one output and no attributes. */
  public static OnnxNode of(String operator, String output, String... inputs) {
    return new OnnxNode(operator, List.of(inputs), List.of(output), Map.of(), Map.of());
  }

  /** The same node with the attribute, a single number, beside those that it has. */
  public OnnxNode with(String attribute, double number) {
    Map<String, List<Double>> more = new TreeMap<>(numbers);
    more.put(attribute, List.of(number));
    return new OnnxNode(operator, inputs, outputs, more, texts);
  }

  /** The attribute that is a single number, or {@code absent} where there is none. */
  public double number(String attribute, double absent) {
    return Optional.ofNullable(numbers.get(attribute))
        .filter(list -> list.size() == 1)
        .map(list -> list.get(0))
        .orElse(absent);
  }

  /** The name of an input, empty where it is left out. */
  public String input(int index) {
    return index < inputs.size() ? inputs.get(index) : "";
  }
}
