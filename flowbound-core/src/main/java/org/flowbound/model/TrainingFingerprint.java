package org.flowbound.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.flowbound.data.LabeledImages;
import org.flowbound.flow.Backward;
import org.flowbound.network.Architecture;
import org.flowbound.training.TrainingOptions;

/** What must be the same for a training to go on from a checkpoint. */
public final class TrainingFingerprint {
  private TrainingFingerprint() {}

  /** The digest of all options that the result depends on, and of the images. */
  public static String of(
      Architecture architecture, TrainingOptions training, LabeledImages images) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
    TrainingOptions decisive = training.withThreads(1).withBackward(Backward.STORE);
    digest.update((architecture + " " + decisive).getBytes(StandardCharsets.UTF_8));
    digest.update(images.pixels());
    digest.update(images.labels());
    return HexFormat.of().formatHex(digest.digest());
  }
}
