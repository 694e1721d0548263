package org.flowbound.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ImageShiftTest {
  private static final int ROWS = 4;
  private static final int COLUMNS = 3;

  private static float[] ramp(int images) {
    float[] pixels = new float[images * ROWS * COLUMNS];
    for (int k = 0; k < pixels.length; k++) {
      pixels[k] = k + 1;
    }
    return pixels;
  }

  @Test
  void movesEveryPixelByAsMuch() {
    ImageShift shift = new ImageShift(ROWS, COLUMNS, 9);
    int size = ROWS * COLUMNS;
    for (int down = -6; down <= 6; down++) {
      for (int right = -6; right <= 6; right++) {
        float[] original = ramp(3);
        float[] shifted = ramp(3);
        shift.shift(shifted, size, down, right);
        for (int row = 0; row < ROWS; row++) {
          for (int column = 0; column < COLUMNS; column++) {
            int fromRow = row - down;
            int fromColumn = column - right;
            boolean inside =
                fromRow >= 0 && fromRow < ROWS && fromColumn >= 0 && fromColumn < COLUMNS;
            assertThat(shifted[size + row * COLUMNS + column])
                .isEqualTo(inside ? original[size + fromRow * COLUMNS + fromColumn] : 0);
          }
        }
        for (int k = 0; k < size; k++) {
          assertThat(shifted[k]).isEqualTo(original[k]);
          assertThat(shifted[2 * size + k]).isEqualTo(original[2 * size + k]);
        }
      }
    }
  }

  @Test
  void drawsEveryShift() {
    SplittableRandom random = new SplittableRandom(1);
    ImageShift shift = new ImageShift(ROWS, COLUMNS, 1);
    Set<Float> atTheCentre = new HashSet<>();
    for (int k = 0; k < 300; k++) {
      float[] image = ramp(1);
      shift.apply(image, 0, random);
      atTheCentre.add(image[COLUMNS + 1]);
    }
    assertThat(atTheCentre).hasSize(9);
    float[] still = ramp(1);
    new ImageShift(ROWS, COLUMNS, 0).apply(still, 0, random);
    assertThat(still).isEqualTo(ramp(1));
  }
}
