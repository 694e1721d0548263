/**
 * Initial value problems {@code u' = f(t, u)}, {@code u(t_0) = u_0} for any vector field, one state
 * at a time in double precision: one-step and multistep methods, explicit and implicit, with fixed
 * steps or with step-size control, dense output, and gradients of what depends on the solution.
 *
 * <p>A field implements {@link org.flowbound.solver.VectorField}; for gradients it is a {@link
 * org.flowbound.solver.DifferentiableField}. A {@link org.flowbound.solver.Solver} pairs a {@link
 * org.flowbound.solver.Method} with a {@link org.flowbound.solver.StepControl}:
 *
 * <pre>
 *   Solver solver = new Solver(Method.DORMAND_PRINCE, StepControl.adaptive(1e-8, 1e-8));
 *   double[] end = solver.solve(field, u0, 0, 100).last();
 *   Trajectory path = solver.trajectory(field, u0, 0, 100);
 *   Gradient g = new DiscreteAdjoint(solver).gradient(field, u0, times, loss);</pre>
 *
 * <p>Classifiers do not run through this package: they integrate whole batches, in single
 * precision, with equal steps ({@link org.flowbound.flow.DiscreteFlow}), because it is the discrete
 * map that is trained, attacked and certified.
 *
 * <p><b>Why not the integrators of Hipparchus?</b> They serve one state of a few unknowns well, and
 * have event detection, which is not here. They do not serve flows that are trained. At the batch
 * level every row would need a solver of its own or the batch one long state, whose step every row
 * then has to take, and states must be Java arrays, not native memory that BLAS reads. A step
 * allocates: an equation's derivative is returned as a new array, and states travel in objects. The
 * step sizes follow the last error only, without the PI controller's memory. Implicit methods for
 * stiff fields are missing. And a discrete adjoint needs the stages of every accepted step again,
 * which the integrators keep to themselves; sensitivities by variational equations integrate {@code
 * d · p} more unknowns, where one backward sweep does.
 */
@NullMarked
package org.flowbound.solver;

import org.jspecify.annotations.NullMarked;
