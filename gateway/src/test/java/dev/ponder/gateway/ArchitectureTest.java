package dev.ponder.gateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/**
 * The floors of this module; those below the wall stand in the policies module.
 *
 * <p>Plain tests on purpose: rules in fields of the ArchUnit engine were not run, and stayed green,
 * in some combinations of engine and Surefire.
 */
class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.ponder.gateway");

  @Test
  void floors_importOnlyWhatIsBelow() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("wire")
        .definedBy("dev.ponder.gateway.wire..")
        .layer("translate")
        .definedBy("dev.ponder.gateway.translate..")
        .optionalLayer("upstream")
        .definedBy("dev.ponder.gateway.upstream..")
        .optionalLayer("ledger")
        .definedBy("dev.ponder.gateway.ledger..")
        .optionalLayer("telemetry")
        .definedBy("dev.ponder.gateway.telemetry..")
        .layer("treasury")
        .definedBy("dev.ponder.gateway.treasury..")
        .optionalLayer("proxy")
        .definedBy("dev.ponder.gateway.proxy..")
        .optionalLayer("server")
        .definedBy("dev.ponder.gateway.server..")
        .optionalLayer("stub")
        .definedBy("dev.ponder.gateway.stub..")
        .layer("cli")
        .definedBy("dev.ponder.gateway.cli..")
        .whereLayer("wire")
        .mayNotAccessAnyLayer()
        .whereLayer("translate")
        .mayOnlyAccessLayers("wire")
        .whereLayer("upstream")
        .mayOnlyAccessLayers("wire")
        .whereLayer("ledger")
        .mayOnlyAccessLayers("wire")
        .whereLayer("telemetry")
        .mayOnlyAccessLayers("wire")
        .whereLayer("treasury")
        .mayOnlyAccessLayers("wire", "ledger", "telemetry")
        .whereLayer("proxy")
        .mayOnlyAccessLayers("wire", "translate", "upstream", "ledger", "telemetry", "treasury")
        .whereLayer("server")
        .mayOnlyAccessLayers(
            "wire", "translate", "upstream", "ledger", "telemetry", "treasury", "proxy")
        .whereLayer("stub")
        .mayOnlyAccessLayers("wire")
        .whereLayer("stub")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .check(CLASSES);
  }

  @Test
  void packages_standOnAFloor() {
    classes()
        .should()
        .resideInAnyPackage(
            "dev.ponder.gateway.wire..",
            "dev.ponder.gateway.translate..",
            "dev.ponder.gateway.upstream..",
            "dev.ponder.gateway.ledger..",
            "dev.ponder.gateway.telemetry..",
            "dev.ponder.gateway.treasury..",
            "dev.ponder.gateway.proxy..",
            "dev.ponder.gateway.server..",
            "dev.ponder.gateway.stub..",
            "dev.ponder.gateway.cli..")
        .because("a package without a floor is bound by no rule; give it one here")
        .check(CLASSES);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching("dev.ponder.gateway.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void yaml_isReadByThePoliciesModuleOnly() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.snakeyaml..", "com.fasterxml.jackson.databind..")
        .because("dev.ponder.config reads the YAML")
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
}
