package org.flowbound.certificate;

/** JSON text that is no certificate. */
public final class MalformedCertificateException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param reason what is wrong: a clause
   */
  MalformedCertificateException(String reason) {
    super("this is no certificate of expansivity: " + reason);
  }

  Verdict verdict() {
    return new Verdict(false, Double.NaN, getMessage());
  }
}
