package org.flowbound.attack;

import static org.flowbound.attack.AttackSettings.ITERATIONS;
import static org.flowbound.attack.AttackSettings.LOSS;
import static org.flowbound.attack.AttackSettings.QUERIES;
import static org.flowbound.attack.AttackSettings.RESTARTS;
import static org.flowbound.attack.AttackSettings.STEP_SIZE;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** All attacks, by the names that the command line and results use. */
public enum AttackKind {
  /** See {@link Fgsm}. */
  FGSM("fgsm", Set.of(), (norm, settings) -> new Fgsm(norm)),
  /** See {@link Pgd#bim}. */
  BIM("bim", Set.of(ITERATIONS, STEP_SIZE, LOSS), (norm, settings) -> pgd(Pgd.bim(norm), settings)),
  /** See {@link Pgd#of}. */
  PGD(
      "pgd",
      Set.of(ITERATIONS, RESTARTS, STEP_SIZE, LOSS),
      (norm, settings) -> pgd(Pgd.of(norm, settings.seed()), settings)),
  /** See {@link Pgd#momentum}. */
  MI_FGSM(
      "mi-fgsm",
      Set.of(ITERATIONS, STEP_SIZE, LOSS),
      (norm, settings) -> pgd(Pgd.momentum(norm), settings)),
  /** See {@link Apgd#crossEntropy}. */
  APGD_CE(
      "apgd-ce",
      Set.of(ITERATIONS, RESTARTS),
      (norm, settings) -> apgd(Apgd.crossEntropy(norm, settings.seed()), settings)),
  /** See {@link Apgd#dlr}. */
  APGD_DLR(
      "apgd-dlr",
      Set.of(ITERATIONS, RESTARTS),
      (norm, settings) -> apgd(Apgd.dlr(norm, settings.seed()), settings)),
  /** See {@link Apgd#targeted}. */
  APGD_T(
      "apgd-t",
      Set.of(ITERATIONS, RESTARTS),
      (norm, settings) -> apgd(Apgd.targeted(norm, settings.seed()), settings)),
  /** See {@link Fab#of}. */
  FAB(
      "fab",
      Set.of(ITERATIONS, RESTARTS),
      (norm, settings) -> fab(Fab.of(norm, settings.seed()), settings)),
  /** See {@link Fab#targeted}. */
  FAB_T(
      "fab-t",
      Set.of(ITERATIONS, RESTARTS),
      (norm, settings) -> fab(Fab.targeted(norm, settings.seed()), settings)),
  /** See {@link Square}. */
  SQUARE(
      "square",
      Set.of(QUERIES, RESTARTS),
      (norm, settings) -> square(Square.of(norm, settings.seed()), settings)),
  /** See {@link Ensemble#autoAttack}. */
  AUTOATTACK(
      "autoattack", Set.of(), (norm, settings) -> Ensemble.autoAttack(norm, settings.seed())),
  /** See {@link DeepFool}. */
  DEEPFOOL(
      "deepfool",
      Set.of(ITERATIONS),
      (norm, settings) ->
          settings.iterations() == null
              ? DeepFool.of(norm)
              : DeepFool.of(norm).withIterations(settings.iterations())),
  /** See {@link CarliniWagner}. */
  CW(
      "cw",
      Set.of(ITERATIONS),
      (norm, settings) ->
          settings.iterations() == null
              ? CarliniWagner.defaults()
              : CarliniWagner.defaults().withIterations(settings.iterations())),
  /** See {@link Noise}. */
  NOISE(
      "noise",
      Set.of(QUERIES),
      (norm, settings) ->
          new Noise(norm, settings.queries() == null ? 1 : settings.queries(), settings.seed())),
  /** See {@link BoundaryNoise}. */
  BOUNDARY_NOISE(
      "boundary-noise",
      Set.of(QUERIES),
      (norm, settings) ->
          new BoundaryNoise(
              norm, settings.queries() == null ? 10 : settings.queries(), settings.seed())),
  /** See {@link Corruption.Kind#GAUSSIAN_NOISE}. */
  GAUSSIAN_NOISE(Corruption.Kind.GAUSSIAN_NOISE),
  /** See {@link Corruption.Kind#SHOT_NOISE}. */
  SHOT_NOISE(Corruption.Kind.SHOT_NOISE),
  /** See {@link Corruption.Kind#BLUR}. */
  BLUR(Corruption.Kind.BLUR),
  /** See {@link Corruption.Kind#CONTRAST}. */
  CONTRAST(Corruption.Kind.CONTRAST),
  /** See {@link Corruption.Kind#BRIGHTNESS}. */
  BRIGHTNESS(Corruption.Kind.BRIGHTNESS),
  /** See {@link Corruption.Kind#ROTATION}. */
  ROTATION(Corruption.Kind.ROTATION),
  /** See {@link Corruption.Kind#SHIFT}. */
  SHIFT(Corruption.Kind.SHIFT);

  private static final int TRANSFER_ITERATIONS = 100;

  /** Makes an attack. */
  private interface Factory {
    Attack of(PerturbationNorm norm, AttackSettings settings);
  }

  private final String id;

  @SuppressWarnings("ImmutableEnumChecker") // an immutable set
  private final Set<String> settings;

  @SuppressWarnings("ImmutableEnumChecker") // without state
  private final Factory factory;

  AttackKind(String id, Set<String> settings, Factory factory) {
    this.id = id;
    this.settings = settings;
    this.factory = factory;
  }

  AttackKind(Corruption.Kind kind) {
    this(kind.id(), Set.of(), (norm, settings) -> new Corruption(kind, settings.seed()));
  }

  /** The name on the command line and in results. */
  public String id() {
    return id;
  }

  /** The id. */
  @Override
  public String toString() {
    return id;
  }

  /** The norms that the attack knows; none if its budget is a severity. */
  public List<PerturbationNorm> norms() {
    return switch (this) {
      case CW -> List.of(PerturbationNorm.L2);
      case GAUSSIAN_NOISE, SHOT_NOISE, BLUR, CONTRAST, BRIGHTNESS, ROTATION, SHIFT -> List.of();
      default -> List.of(PerturbationNorm.values());
    };
  }

  /**
   * The attack with these settings.
   *
   * @param norm null for the attack's first one
   * @throws IllegalArgumentException if the attack does not know the norm or a setting, or a value
   *     is out of its range
   */
  public Attack of(@Nullable PerturbationNorm norm, AttackSettings given) {
    if (norm != null && !norms().contains(norm)) {
      throw new IllegalArgumentException(
          norms().isEmpty()
              ? "The budget of %s is a severity, no norm: leave norm out.".formatted(id)
              : "The attack %s does not know the norm %s, only %s."
                  .formatted(
                      id, norm.id(), names(norms().stream().map(PerturbationNorm::id).toList())));
    }
    for (String setting : given.given()) {
      if (!settings.contains(setting)) {
        throw new IllegalArgumentException(
            "The setting %s does not apply to %s, only to %s."
                .formatted(
                    setting,
                    id,
                    names(
                        Arrays.stream(values())
                            .filter(kind -> kind.settings.contains(setting))
                            .map(AttackKind::id)
                            .toList())));
      }
    }
    PerturbationNorm chosen =
        norm != null ? norm : norms().isEmpty() ? PerturbationNorm.LINF : norms().get(0);
    return factory.of(chosen, given);
  }

  /**
   * The attack as it is used against another network than the one under evaluation: PGD and its
   * relatives go on where the source is fooled already.
   *
   * @param norm null for the attack's first one
   * @throws IllegalArgumentException as {@link #of}, and if the attack follows no gradient
   */
  public BoundedAttack onSource(@Nullable PerturbationNorm norm, AttackSettings given) {
    return switch (this) {
      case FGSM -> (Fgsm) of(norm, given);
      case BIM, MI_FGSM, PGD ->
          given.iterations() == null
              ? ((Pgd) of(norm, given)).withIterations(TRANSFER_ITERATIONS).toTheEnd()
              : ((Pgd) of(norm, given)).toTheEnd();
      default ->
          throw new IllegalArgumentException(
              "The attack %s cannot be made on a source: use fgsm, bim, pgd or mi-fgsm."
                  .formatted(id));
    };
  }

  private static String names(List<String> ids) {
    return ids.stream().collect(Collectors.joining(", "));
  }

  private static Pgd pgd(Pgd pgd, AttackSettings settings) {
    Pgd result = pgd;
    result = settings.iterations() == null ? result : result.withIterations(settings.iterations());
    result = settings.restarts() == null ? result : result.withRestarts(settings.restarts());
    result = settings.stepSize() == null ? result : result.withStepSize(settings.stepSize());
    return settings.loss() == null ? result : result.withLoss(settings.loss());
  }

  private static Apgd apgd(Apgd apgd, AttackSettings settings) {
    Apgd result = apgd;
    result = settings.iterations() == null ? result : result.withIterations(settings.iterations());
    return settings.restarts() == null ? result : result.withRestarts(settings.restarts());
  }

  private static Fab fab(Fab fab, AttackSettings settings) {
    Fab result = fab;
    result = settings.iterations() == null ? result : result.withIterations(settings.iterations());
    return settings.restarts() == null ? result : result.withRestarts(settings.restarts());
  }

  private static Square square(Square square, AttackSettings settings) {
    Square result = square;
    result = settings.queries() == null ? result : result.withQueries(settings.queries());
    return settings.restarts() == null ? result : result.withRestarts(settings.restarts());
  }
}
