package org.flowbound.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngTest {
  private static BufferedImage decode(String uri) throws IOException {
    String prefix = "data:image/png;base64,";
    assertThat(uri).startsWith(prefix);
    byte[] png = Base64.getDecoder().decode(uri.substring(prefix.length()));
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  @Test
  void greyImageHoldsThePixelsRowByRow() throws IOException {
    float[] pixels = {0, 0.2f, 0.4f, 0.6f, 0.8f, 1};
    BufferedImage image = decode(Png.grey(pixels, 2, 3));
    assertThat(image.getWidth()).isEqualTo(3);
    assertThat(image.getHeight()).isEqualTo(2);
    for (int k = 0; k < 6; k++) {
      assertThat(image.getRaster().getSample(k % 3, k / 3, 0)).isEqualTo(51 * k);
    }
  }

  @Test
  void valuesOutsideAreClipped() throws IOException {
    float[] pixels = {-1, 2, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
    BufferedImage image = decode(Png.grey(pixels, 1, 4));
    int[] shades = image.getRaster().getSamples(0, 0, 4, 1, 0, (int[]) null);
    assertThat(shades).containsExactly(0, 255, 0, 255);
  }

  @Test
  void differenceIsOrangeWhereBrighterAndBlueWhereDarker() throws IOException {
    float[] from = {0.5f, 0.5f, 0.5f, 0.5f};
    float[] to = {0.5f, 0.6f, 0.4f, 0.9f};
    BufferedImage image = decode(Png.difference(from, to, 0.1, 2, 2));
    assertThat(image.getRGB(0, 0) & 0xFFFFFF).isEqualTo(0xF4F4F2);
    assertThat(image.getRGB(1, 0) & 0xFFFFFF).isEqualTo(0xD55E00);
    assertThat(image.getRGB(0, 1) & 0xFFFFFF).isEqualTo(0x0072B2);
    assertThat(image.getRGB(1, 1) & 0xFFFFFF).isEqualTo(0xD55E00);
  }
}
