package org.flowbound.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElementTypeTest {
  private static double throughBytes(ElementType type, double value, ByteOrder order) {
    ByteBuffer buffer = ByteBuffer.allocate(8).order(order);
    type.put(buffer, 0, value);
    return type.get(buffer, 0);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void everyPatternOf16BitsComesBack(ElementType type) {
    ByteBuffer buffer = ByteBuffer.allocate(2);
    for (int bits = 0; bits < 1 << 16; bits++) {
      buffer.putShort(0, (short) bits);
      double value = type.get(buffer, 0);
      assertThat(type.round(value)).isEqualTo(Double.valueOf(value));
      type.put(buffer, 0, value);
      if (!Double.isNaN(value)) {
        assertThat(Short.toUnsignedInt(buffer.getShort(0))).isEqualTo(bits);
      }
    }
  }

  @Test
  void halfPrecisionRoundsAsNumpyDoes(@TempDir Path folder) throws Exception {
    Python.assumeModule("numpy");
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    double[] values =
        DoubleStream.concat(
                DoubleStream.of(65504, 65519.999, 65520, 65536, 1e300, 0x1p-24, 0x1p-25, 0x1.8p-25),
                // Halfway in binary16 but for a bit that float32 cannot hold.
                DoubleStream.concat(
                    DoubleStream.of(1 + 0x1p-11 + 0x1p-40, 1 + 0x1p-11, 1 + 0x1.8p-10, -0.0),
                    random
                        .doubles(2000)
                        .map(x -> (x - 0.5) * Math.pow(2, random.nextInt(-30, 20)))))
            .toArray();
    String list =
        DoubleStream.of(values)
            .mapToObj(x -> "float.fromhex('%s')".formatted(Double.toHexString(x)))
            .collect(Collectors.joining(","));
    List<Double> expected =
        Python.hexNumbers(
            Python.run(
                folder,
                "import numpy as np, warnings; warnings.simplefilter('ignore')\n"
                    + "print(*[float(x).hex() for x in np.array(["
                    + list
                    + "]).astype('f2')])"));
    for (int i = 0; i < values.length; i++) {
      assertThat(ElementType.FLOAT16.round(values[i]))
          .as("%s", values[i])
          .isEqualTo(expected.get(i));
    }
  }

  @Test
  void bfloat16IsTheNearestFloatWithEightBits() {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    for (int i = 0; i < 10_000; i++) {
      double value = (random.nextDouble() - 0.5) * Math.pow(2, random.nextInt(-140, 120));
      double rounded = ElementType.BFLOAT16.round(value);
      int bits = Float.floatToIntBits((float) rounded);
      assertThat(bits & 0xffff).isZero();
      double up = Float.intBitsToFloat(bits + 0x10000);
      double down = Float.intBitsToFloat(bits - 0x10000);
      double error = Math.abs(value - rounded);
      assertThat(error).isLessThanOrEqualTo(Math.abs(value - up));
      if (rounded != 0) {
        assertThat(error).isLessThanOrEqualTo(Math.abs(value - down));
      }
    }
    assertThat(ElementType.BFLOAT16.round(1 + 0x1p-8)).isEqualTo(1);
    assertThat(ElementType.BFLOAT16.round(1 + 3 * 0x1p-8)).isEqualTo(1 + 0x1p-6);
    assertThat(ElementType.BFLOAT16.round(Float.MAX_VALUE)).isInfinite();
  }

  @ParameterizedTest
  @EnumSource(names = {"BOOL", "INT8", "UINT8", "INT16", "UINT16", "INT32", "UINT32"})
  void integersKeepTheirRange(ElementType type) {
    boolean signed = type.toString().startsWith("int");
    int bits = type == ElementType.BOOL ? 1 : 8 * type.bytes();
    double low = signed ? -Math.pow(2, bits - 1) : 0;
    double high = Math.pow(2, signed ? bits - 1 : bits) - 1;
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      assertThat(throughBytes(type, low, order)).isEqualTo(low);
      assertThat(throughBytes(type, high, order)).isEqualTo(high);
    }
    for (double outside : new double[] {low - 1, high + 1, 0.5, Double.NaN}) {
      assertThatThrownBy(() -> type.round(outside))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(type.name().toLowerCase(Locale.ROOT));
    }
  }

  @Test
  void sixtyFourBitsAreRoundedToDoubles() {
    ByteBuffer buffer = ByteBuffer.allocate(8);
    buffer.putLong(0, -1L);
    assertThat(ElementType.UINT64.get(buffer, 0)).isEqualTo(0x1p64);
    assertThat(ElementType.INT64.get(buffer, 0)).isEqualTo(-1);
    buffer.putLong(0, 0x8000_0000_0000_0401L);
    assertThat(ElementType.UINT64.get(buffer, 0)).isEqualTo(0x1p63 + 0x1p11);
    assertThat(throughBytes(ElementType.UINT64, 0x1p63, ByteOrder.BIG_ENDIAN)).isEqualTo(0x1p63);
    assertThat(throughBytes(ElementType.INT64, -0x1p63, ByteOrder.BIG_ENDIAN)).isEqualTo(-0x1p63);
  }
}
