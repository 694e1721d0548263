package org.flowbound.stability;

import org.flowbound.certificate.ExpansivityCertificate;

/**
 * What is known of δ(A), and the proof of its upper end.
 *
 * @param bound the interval, of which {@code upper} is proved in real arithmetic
 * @param certificate the claim {@code δ(A) ≤ upper} and the evidence for it
 */
public record CertifiedBound(ExpansivityBound bound, ExpansivityCertificate certificate) {}
