package org.flowbound;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import org.flowbound.certificate.MalformedCertificateException;
import org.flowbound.linalg.Matrix;
import org.jspecify.annotations.NullMarked;

/**
 * Data flows one way: each package may depend on those that its line names, and on nothing else.
 */
@AnalyzeClasses(packages = "org.flowbound", importOptions = DoNotIncludeTests.class)
class LayeringTest {
  @ArchTest static final ArchRule LINALG = onlyDependsOn("linalg");

  @ArchTest static final ArchRule PARALLEL = onlyDependsOn("parallel");

  @ArchTest static final ArchRule OPTIMIZATION = onlyDependsOn("optimization", "linalg");

  @ArchTest static final ArchRule IO = onlyDependsOn("io", "linalg");

  @ArchTest static final ArchRule DATA = onlyDependsOn("data", "io");

  @ArchTest static final ArchRule FIELD = onlyDependsOn("field", "linalg");

  @ArchTest static final ArchRule FLOW = onlyDependsOn("flow", "field", "linalg");

  @ArchTest static final ArchRule SOLVER = onlyDependsOn("solver", "flow", "field", "linalg");

  @ArchTest static final ArchRule RIGOR = onlyDependsOn("rigor");

  @ArchTest
  static final ArchRule CERTIFICATE = onlyDependsOn("certificate", "rigor", "io", "linalg");

  @ArchTest
  static final ArchRule TRUST_BASE =
      classes()
          .that(belongToTheTrustBase())
          .should()
          .onlyDependOnClassesThat(
              belongToTheTrustBase()
                  .or(JavaClass.Predicates.resideInAPackage("java.."))
                  .or(JavaClass.Predicates.type(Matrix.class))
                  .or(JavaClass.Predicates.type(NullMarked.class)))
          .because("a proof must not rest on what searched for it");

  @ArchTest
  static final ArchRule STABILITY =
      onlyDependsOn("stability", "certificate", "field", "optimization", "parallel", "linalg");

  @ArchTest
  static final ArchRule NEARNESS =
      onlyDependsOn("nearness", "stability", "field", "optimization", "parallel", "linalg");

  @ArchTest
  static final ArchRule NETWORK =
      onlyDependsOn("network", "solver", "flow", "field", "data", "parallel", "linalg");

  @ArchTest
  static final ArchRule TRAINING =
      onlyDependsOn(
          "training",
          "certification",
          "nearness",
          "stability",
          "network",
          "flow",
          "data",
          "field",
          "parallel",
          "linalg");

  @ArchTest
  static final ArchRule ATTACK =
      onlyDependsOn("attack", "network", "solver", "flow", "data", "parallel", "linalg");

  @ArchTest
  static final ArchRule CERTIFICATION =
      onlyDependsOn(
          "certification",
          "attack",
          "network",
          "flow",
          "field",
          "rigor",
          "stability",
          "optimization",
          "data",
          "parallel",
          "linalg");

  @ArchTest
  static final ArchRule EXCHANGE =
      onlyDependsOn("exchange", "network", "flow", "field", "data", "io", "linalg");

  @ArchTest
  static final ArchRule VERIFICATION =
      onlyDependsOn(
          "verification",
          "certification",
          "attack",
          "network",
          "flow",
          "field",
          "rigor",
          "data",
          "parallel",
          "linalg");

  @ArchTest
  static final ArchRule MODEL =
      onlyDependsOn(
          "model",
          "exchange",
          "training",
          "network",
          "flow",
          "field",
          "stability",
          "data",
          "io",
          "linalg");

  @ArchTest static final ArchRule HISTORY = onlyDependsOn("history", "training", "stability", "io");

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("org.flowbound.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_LIBRARY_PRINTS_NOTHING =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.flowbound.cli..")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  /** What must be read, and nothing else, to believe a certificate that has been checked. */
  private static DescribedPredicate<JavaClass> belongToTheTrustBase() {
    return DescribedPredicate.describe(
        "belong to the trust base",
        type -> {
          JavaClass element = type.getBaseComponentType();
          return element.getPackageName().equals("org.flowbound.rigor")
              || (element.getPackageName().equals("org.flowbound.certificate")
                  && !element.getName().contains("CertificateFile")
                  && !element.isAssignableTo(MalformedCertificateException.class));
        });
  }

  private static ArchRule onlyDependsOn(String name, String... allowed) {
    String[] inside =
        Arrays.stream(allowed).map(other -> "org.flowbound." + other).toArray(String[]::new);
    DescribedPredicate<JavaClass> permitted =
        JavaClass.Predicates.resideOutsideOfPackage("org.flowbound..")
            .or(JavaClass.Predicates.resideInAPackage("org.flowbound." + name))
            .or(JavaClass.Predicates.resideInAnyPackage(inside));
    return classes()
        .that()
        .resideInAPackage("org.flowbound." + name)
        .should()
        .onlyDependOnClassesThat(permitted)
        .because("data flows one way");
  }
}
