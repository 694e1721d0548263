package org.flowbound.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LabeledImagesTest {
  /** Images of 1 × 2 whose pixels tell which image they are. */
  private static LabeledImages images(int count) {
    byte[] pixels = new byte[2 * count];
    byte[] labels = new byte[count];
    for (int i = 0; i < count; i++) {
      pixels[2 * i] = (byte) i;
      pixels[2 * i + 1] = (byte) (255 - i);
      labels[i] = (byte) (i % 7);
    }
    return new LabeledImages(1, 2, 7, pixels, labels);
  }

  private static List<Integer> identities(LabeledImages images) {
    List<Integer> identities = new ArrayList<>();
    for (int i = 0; i < images.count(); i++) {
      int identity = Byte.toUnsignedInt(images.pixels()[2 * i]);
      assertThat(Byte.toUnsignedInt(images.pixels()[2 * i + 1])).isEqualTo(255 - identity);
      assertThat(images.label(i)).isEqualTo(identity % 7);
      identities.add(identity);
    }
    return identities;
  }

  @Property(tries = 200)
  void splitPutsEveryImageIntoOnePart(
      @ForAll @IntRange(max = 60) int count, @ForAll @IntRange(max = 60) int n, @ForAll long seed) {
    int validation = Math.min(n, count);
    LabeledImages.Split split = images(count).split(validation, seed);
    assertThat(identities(split.validation())).hasSize(validation).isSorted();
    assertThat(identities(split.training())).hasSize(count - validation).isSorted();
    List<Integer> all = identities(split.training());
    all.addAll(identities(split.validation()));
    assertThat(all).containsExactlyInAnyOrderElementsOf(identities(images(count)));
    assertThat(identities(images(count).split(validation, seed).validation()))
        .isEqualTo(identities(split.validation()));
  }

  @Test
  void splitDrawsFromAllOfTheImages() {
    int[] chosen = new int[50];
    for (long seed = 0; seed < 2000; seed++) {
      identities(images(50).split(10, seed).validation()).forEach(i -> chosen[i]++);
    }
    // 400 expected, standard deviation 18
    assertThat(Arrays.stream(chosen).min().orElseThrow()).isGreaterThan(400 - 5 * 18);
    assertThat(Arrays.stream(chosen).max().orElseThrow()).isLessThan(400 + 5 * 18);
  }

  @Test
  void takesAndSelects() {
    assertThat(identities(images(9).take(3))).containsExactly(0, 1, 2);
    assertThat(images(9).take(0).count()).isZero();
    assertThat(identities(images(9).select(new int[] {8, 0, 8}))).containsExactly(8, 0, 8);
    assertThat(identities(images(9).slice(4, 6))).containsExactly(4, 5);
  }

  @Test
  void copiesPixelsAsFractionsOf255() {
    float[] target = new float[6];
    Arrays.fill(target, -1);
    images(256).copyPixels(new int[] {7, 255, 3, 0}, 1, 3, target);
    assertThat(target).containsExactly(1f, 0f, 3 / 255f, 252 / 255f, -1f, -1f);
  }

  @Test
  void refusesWhatIsOutOfRange() {
    LabeledImages images = images(5);
    assertThatThrownBy(() -> images.take(6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("(6)")
        .hasMessageContaining("[0, 5]");
    assertThatThrownBy(() -> images.take(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> images.split(6, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("validation");
    assertThatThrownBy(() -> images.select(new int[] {5}))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> images.copyPixels(new int[] {5}, 0, 1, new float[2]))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> images.copyPixels(new int[] {1}, 0, 1, new float[1]))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> images.copyPixels(new int[] {1}, 0, 2, new float[9]))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
