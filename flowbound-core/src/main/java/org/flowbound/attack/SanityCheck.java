package org.flowbound.attack;

/**
 * One check that an attack's result is not an artefact of hidden gradients or of too weak an
 * attack.
 *
 * @param name what is checked
 * @param passed whether it is as it should be
 * @param detail what was measured
 */
public record SanityCheck(String name, boolean passed, String detail) {}
