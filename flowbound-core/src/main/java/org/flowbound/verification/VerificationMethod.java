package org.flowbound.verification;

import java.util.Arrays;
import java.util.List;

/** Ways to prove robustness, each after the ones before it and costlier than they are. */
public enum VerificationMethod {
  /**
   * The margin divided by Lipschitz bounds that hold everywhere, see {@link
   * org.flowbound.certification.RadiusCertificate}.
   */
  LIPSCHITZ("lipschitz"),
  /**
   * An ellipsoid around the image's path, with the slopes of the activation bounded inside of it:
   * the Lipschitz bound of the ball.
   */
  LOCAL("local"),
  /**
   * The reachable set as a zonotope, of images with pixels in [0, 1], and the ellipsoid again
   * within the ranges that the zonotope leaves.
   */
  REACH("reach");

  private final String id;

  VerificationMethod(String id) {
    this.id = id;
  }

  /** The name on the command line and in results. */
  public String id() {
    return id;
  }

  /** The ids of all methods. */
  public static List<String> ids() {
    return Arrays.stream(values()).map(VerificationMethod::id).toList();
  }
}
