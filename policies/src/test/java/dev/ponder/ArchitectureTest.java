package dev.ponder;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/**
 * The floors of this module and the purity of what decides.
 *
 * <p>Plain tests on purpose: rules in fields of the ArchUnit engine were not run, and stayed green,
 * in some combinations of engine and Surefire.
 */
class ArchitectureTest {

  private static final String[] PURE = {
    "dev.ponder.price..",
    "dev.ponder.classify..",
    "dev.ponder.budget..",
    "dev.ponder.pacing..",
    "dev.ponder.policy..",
    "dev.ponder.training.."
  };

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.ponder");

  @Test
  void floors_importOnlyWhatIsBelow() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("price")
        .definedBy("dev.ponder.price..")
        .layer("classify")
        .definedBy("dev.ponder.classify..")
        .layer("budget")
        .definedBy("dev.ponder.budget..")
        .layer("pacing")
        .definedBy("dev.ponder.pacing..")
        .layer("policy")
        .definedBy("dev.ponder.policy..")
        .layer("training")
        .definedBy("dev.ponder.training..")
        .layer("config")
        .definedBy("dev.ponder.config..")
        .optionalLayer("backtest")
        .definedBy("dev.ponder.backtest..")
        .whereLayer("price")
        .mayNotAccessAnyLayer()
        .whereLayer("classify")
        .mayOnlyAccessLayers("price")
        .whereLayer("budget")
        .mayOnlyAccessLayers("price")
        .whereLayer("pacing")
        .mayOnlyAccessLayers("price", "budget")
        .whereLayer("policy")
        .mayOnlyAccessLayers("price", "classify", "budget", "pacing")
        .whereLayer("training")
        .mayOnlyAccessLayers("classify")
        .whereLayer("config")
        .mayOnlyAccessLayers("price", "classify", "budget", "pacing", "policy")
        .check(CLASSES);
  }

  @Test
  void packages_standOnAFloor() {
    classes()
        .should()
        .resideInAnyPackage(
            "dev.ponder.price..",
            "dev.ponder.classify..",
            "dev.ponder.budget..",
            "dev.ponder.pacing..",
            "dev.ponder.policy..",
            "dev.ponder.training..",
            "dev.ponder.config..",
            "dev.ponder.backtest..")
        .because("a package without a floor is bound by no rule; give it one here")
        .check(CLASSES);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching("dev.ponder.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void pureFloors_touchNeitherFilesNorSocketsNorThreads() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.vertx..",
            "java.io..",
            "java.net.http..",
            "java.nio.file..",
            "java.nio.channels..",
            "java.util.concurrent..")
        .because("what was simulated is what will be served")
        .check(CLASSES);
  }

  @Test
  void pureFloors_readNoClock() {
    noClasses()
        .that()
        .resideInAnyPackage(PURE)
        .should()
        .callMethodWhere(describe("the clock is read", ArchitectureTest::readsTheClock))
        .because("time is a parameter")
        .check(CLASSES);
  }

  @Test
  void yaml_isReadByConfigOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.ponder.config..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.snakeyaml..", "com.fasterxml..")
        .check(CLASSES);
  }

  @Test
  void money_isNeverADouble() {
    noFields()
        .that()
        .areDeclaredInClassesThat()
        .resideInAnyPackage("dev.ponder.price..", "dev.ponder.budget..")
        .should()
        .haveRawType(describe("floating point", ArchitectureTest::isFloatingPoint))
        .because("money is counted in whole nano-dollars")
        .check(CLASSES);
  }

  @Test
  void packages_haveNamesThatSayWhatIsInThem() {
    noClasses()
        .should()
        .resideInAnyPackage("..util..", "..common..", "..helper..", "..impl..")
        .check(CLASSES);
  }

  @Test
  void classes_haveNamesThatSayWhatTheyAre() {
    noClasses()
        .should()
        .haveNameMatching(".*(Manager|Helper|Util|Utils|Impl)(\\$.*)?")
        .check(CLASSES);
  }

  private static boolean readsTheClock(JavaCall<?> call) {
    String owner = call.getTargetOwner().getName();
    String name = call.getName();
    if (owner.equals("java.lang.System")) {
      return name.equals("nanoTime") || name.equals("currentTimeMillis");
    }
    return owner.startsWith("java.time.") && (name.equals("now") || name.startsWith("system"));
  }

  private static boolean isFloatingPoint(JavaClass type) {
    String name = type.getBaseComponentType().getName();
    return name.equals("double")
        || name.equals("float")
        || name.equals("java.lang.Double")
        || name.equals("java.lang.Float");
  }
}
