package org.flowbound.certificate;

/**
 * What a check found.
 *
 * @param valid whether the claim is proved
 * @param gamma the γ claimed, NaN if the certificate names none
 * @param reason why, as a sentence without its full stop
 */
public record Verdict(boolean valid, double gamma, String reason) {}
