/**
 * Certificates that {@code δ(A) ≤ γ}, and the checker that trusts nothing else.
 *
 * <p>Of Flowbound the checker uses the plain storage of {@link org.flowbound.linalg.Matrix} and
 * {@link org.flowbound.rigor}: no optimiser, no BLAS. Reading and writing of files stands apart, in
 * {@link org.flowbound.certificate.CertificateFile}.
 */
@NullMarked
package org.flowbound.certificate;

import org.jspecify.annotations.NullMarked;
