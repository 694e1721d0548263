package org.flowbound.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.flowbound.linalg.Matrix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxFormatTest {
  @TempDir Path folder;
  private Path file;

  private static final int FLOAT = 1;

  @BeforeEach
  void name() {
    file = folder.resolve("a.onnx");
  }

  private static Protobuf tensor(String name, int type, long... dimensions) {
    Protobuf tensor = new Protobuf();
    for (long dimension : dimensions) {
      tensor.varint(1, dimension);
    }
    return tensor.varint(2, type).text(8, name);
  }

  private static Protobuf graph(Protobuf... initializers) {
    Protobuf graph = new Protobuf().text(2, "main");
    for (Protobuf initializer : initializers) {
      graph.message(5, initializer);
    }
    return graph;
  }

  private void writeModel(Protobuf graph) throws IOException {
    Protobuf metadata = new Protobuf().text(1, "alpha").text(2, "0.1");
    Files.write(
        file, new Protobuf().varint(1, 8).message(7, graph).message(14, metadata).toByteArray());
  }

  @Test
  void readsEveryEncoding() throws Exception {
    Protobuf oneByOne = tensor("single", FLOAT, 2, 1).float32(4, 0.1f).float32(4, 2);
    Protobuf constant =
        new Protobuf()
            .text(2, "node")
            .text(4, "Constant")
            .message(
                5, new Protobuf().text(1, "value").message(5, tensor("", FLOAT).floats(4, 0.1f)));
    Protobuf other = new Protobuf().text(2, "y").text(4, "MatMul");
    writeModel(
        graph(
                tensor("raw", FLOAT, 1, 2).bytes(9, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0),
                tensor("floats", FLOAT, 1, 2).floats(4, 1, -2),
                oneByOne,
                tensor("doubles", 11, 1, 2).doubles(10, 0.1, -0.2),
                tensor("int32", 6, 2, 2).varints(5, 1, -2, Integer.MAX_VALUE, Integer.MIN_VALUE),
                tensor("int8", 3, 1, 2).varints(5, -128, 127),
                tensor("bool", 9, 1, 2).varints(5, 0, 1),
                tensor("half", 10, 1, 2).varints(5, 0x3c00, 0xc000),
                tensor("bfloat", 16, 1, 2).varints(5, 0x3f80, 0xc000),
                tensor("int64", 7, 1, 2).varints(7, -1, 1L << 40),
                tensor("uint64", 13, 1, 2).varints(11, -1, 7),
                tensor("empty", FLOAT, 0, 3))
            .message(1, constant)
            .message(1, other));
    Matrix pair = Matrix.of(1, 2, 1, -2);
    assertThat(Weights.read(file, "raw")).isEqualTo(pair);
    assertThat(Weights.read(file, "floats")).isEqualTo(pair);
    assertThat(Weights.read(file, "single")).isEqualTo(Matrix.of(2, 1, 0.1f, 2));
    assertThat(Weights.read(file, "doubles")).isEqualTo(Matrix.of(1, 2, 0.1, -0.2));
    assertThat(Weights.read(file, null))
        .isEqualTo(Matrix.of(2, 2, 1, -2, Integer.MAX_VALUE, Integer.MIN_VALUE));
    assertThat(Weights.read(file, "int8")).isEqualTo(Matrix.of(1, 2, -128, 127));
    assertThat(Weights.read(file, "bool")).isEqualTo(Matrix.of(1, 2, 0, 1));
    assertThat(Weights.read(file, "half")).isEqualTo(pair);
    assertThat(Weights.read(file, "bfloat")).isEqualTo(pair);
    assertThat(Weights.read(file, "int64")).isEqualTo(Matrix.of(1, 2, -1, 0x1p40));
    assertThat(Weights.read(file, "uint64")).isEqualTo(Matrix.of(1, 2, 0x1p64, 7));
    assertThat(Weights.read(file, "node")).isEqualTo(Matrix.of(1, 1, 0.1f));
    assertThat(TensorFile.read(file).metadata()).isEqualTo(Map.of("alpha", "0.1"));
    assertThat(TensorFile.read(file).tensors()).hasSize(13);
  }

  @Test
  void unusableTensorsAreNamed() throws IOException {
    Protobuf external =
        tensor("outside", FLOAT, 2, 2)
            .message(13, new Protobuf().text(1, "location").text(2, "a.bin"))
            .varint(14, 1);
    writeModel(graph(external, tensor("text", 8, 1, 1).text(6, "x")));
    assertThatThrownBy(() -> Weights.read(file, "outside"))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("'outside' lies outside the model");
    assertThatThrownBy(() -> Weights.read(file, "text")).hasMessageContaining("ONNX type 8");
    assertThatThrownBy(() -> Weights.read(file, null))
        .hasMessageContaining("'outside' (unsupported), 'text' (unsupported)");
  }

  @Test
  void corruptTensorsAreRefused() throws IOException {
    List<Protobuf> corrupt =
        List.of(
            tensor("a", FLOAT, 2, 2).floats(4, 1, 2, 3),
            tensor("a", FLOAT, 2, 2).bytes(9, 1, 2, 3),
            tensor("a", FLOAT, 2, 2),
            tensor("a", FLOAT, 1L << 60, 1).floats(4, 1),
            tensor("a", FLOAT, 1L << 62, 4).floats(4, 1),
            tensor("a", FLOAT, -1, -1).floats(4, 1),
            tensor("a", FLOAT).varints(1, new long[1 << 20]),
            tensor("a", FLOAT, 1, 1).varint(4, 1),
            tensor("a", FLOAT, 1, 1).doubles(10, 1),
            tensor("a", FLOAT, 1, 1).floats(4, 1).bytes(9, 0, 0, 0, 0),
            new Protobuf().bytes(1, 0xff, 0xff),
            new Protobuf().text(1, "\u0001\u0001").bytes(2, 1));
    for (Protobuf tensor : corrupt) {
      writeModel(graph(tensor));
      assertThatThrownBy(() -> Weights.read(file, null))
          .isInstanceOf(UnusableFileException.class)
          .hasMessageStartingWith(file + ": is ");
    }
    writeModel(graph(tensor("a", FLOAT, 0), tensor("a", FLOAT, 0)));
    assertThatThrownBy(() -> Weights.read(file, null)).hasMessageContaining("more than once");
    Files.write(file, new Protobuf().varint(1, 8).toByteArray());
    assertThatThrownBy(() -> Weights.read(file, null)).hasMessageContaining("no graph");
  }

  @Test
  void replacingChangesOneConstantAlone() throws Exception {
    writeModel(
        graph(
            tensor("raw", FLOAT, 1, 2).bytes(9, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0),
            tensor("single", FLOAT, 1, 3).float32(4, 0.1f).floats(4, 2, 3),
            tensor("half", 10, 1, 1).varints(5, 0x3c00),
            tensor("int", 7, 1, 1).varints(7, 1)));
    byte[] before = Files.readAllBytes(file);
    Path target = folder.resolve("b.onnx");
    Matrix value = Matrix.of(1, 3, 0.3, -0.2, 7);
    Matrix written = Weights.replace(file, "single", value, target);
    assertThat(written).isEqualTo(Matrix.of(1, 3, 0.3f, -0.2f, 7));
    assertThat(Weights.read(target, "single")).isEqualTo(written);
    assertThat(target).hasSize(before.length);
    Weights.replace(target, "single", Matrix.of(1, 3, 0.1f, 2, 3), target);
    assertThat(target).hasBinaryContent(before);
    for (String name : List.of("half", "int")) {
      assertThatThrownBy(() -> Weights.replace(file, name, Matrix.of(1, 1, 0.5), target))
          .isInstanceOf(UnusableFileException.class)
          .hasMessageContaining(name);
    }
    assertThat(target).hasBinaryContent(before);
    assertThatThrownBy(() -> Weights.write(target, "A", value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must end in one of .npy, .npz");
  }

  @Test
  void theReferenceLibraryAgrees() throws Exception {
    Python.assumeModule("onnx");
    Python.run(
        folder,
        """
        import numpy as np, onnx
        from onnx import helper as h, numpy_helper as n, TensorProto as T
        w = np.sin(np.arange(9.)).reshape(3, 3)
        inits = [n.from_array(w.astype(t), t) for t in ('float16', 'float32', 'float64', 'int32')]
        inits.append(h.make_tensor('packed', T.FLOAT, [3, 3], w.astype('f4').ravel()))
        inits.append(h.make_tensor('packed16', T.FLOAT16, [3, 3], w.ravel()))
        c = h.make_node('Constant', [], ['c'], value=n.from_array(w, 'inner'))
        x, y = (h.make_tensor_value_info(v, T.DOUBLE, [3, 3]) for v in 'xy')
        graph = h.make_graph([c, h.make_node('MatMul', ['c', 'x'], ['y'])], 'g', [x], [y], inits)
        onnx.save(h.make_model(graph), 'a.onnx')
        np.save('w.npy', w)
        """);
    Matrix w = Weights.read(folder.resolve("w.npy"), null);
    for (ElementType type :
        List.of(ElementType.FLOAT16, ElementType.FLOAT32, ElementType.FLOAT64)) {
      assertThat(Weights.read(file, type.toString()))
          .isEqualTo(Matrix.generate(3, 3, (i, j) -> type.round(w.get(i, j))));
    }
    assertThat(Weights.read(file, "c")).isEqualTo(w);
    assertThat(Weights.read(file, "packed")).isEqualTo(Weights.read(file, "float32"));
    assertThat(Weights.read(file, "packed16")).isEqualTo(Weights.read(file, "float16"));
    assertThat(Weights.read(file, "int32")).isEqualTo(Matrix.zeros(3, 3));
    Weights.replace(file, "c", w.transpose(), folder.resolve("b.onnx"));
    Python.run(
        folder,
        """
        import numpy as np, onnx
        a, b = onnx.load('a.onnx'), onnx.load('b.onnx')
        onnx.checker.check_model(b)
        t = b.graph.node[0].attribute[0].t
        assert (onnx.numpy_helper.to_array(t) == np.load('w.npy').T).all()
        t.CopyFrom(a.graph.node[0].attribute[0].t)
        assert a == b
        """);
  }
}
