package org.flowbound.report.text;

import java.util.Locale;

/** The field's terms for the short names that attacks and norms have in files. */
public final class Terms {
  private Terms() {}

  /** Such as {@code FGSM} for {@code fgsm}. */
  public static String attack(String attack) {
    return attack.equals("noise") ? "random noise" : attack.toUpperCase(Locale.ROOT);
  }

  /** Such as {@code ℓ∞} for {@code linf}. */
  public static String norm(String norm) {
    return switch (norm) {
      case "linf" -> "ℓ∞";
      case "l2" -> "ℓ₂";
      default -> norm;
    };
  }
}
