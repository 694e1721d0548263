/**
 * Attacks on classifiers, and how accuracy falls under them.
 *
 * <p>An {@link org.flowbound.attack.Attack} perturbs a batch of images; {@link
 * org.flowbound.attack.AttackKind} names them all, and {@link
 * org.flowbound.attack.RobustnessEvaluation} runs one on a data set. Gradients are those of the
 * discrete network, exact, and scaled so that they do not underflow. Images that are broken leave
 * their batch; what is random depends on a seed and on the image's index, so that results do not
 * depend on threads. {@link org.flowbound.attack.SanityChecks} tell a network that withstands
 * attacks from one that hides its gradients. {@link org.flowbound.attack.ProjectedGradient} is the
 * iteration that adversarial training uses.
 */
@NullMarked
package org.flowbound.attack;

import org.jspecify.annotations.NullMarked;
