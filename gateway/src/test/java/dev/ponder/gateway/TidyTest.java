package dev.ponder.gateway;

import static java.util.function.Predicate.not;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.ponder.gateway.Repository.Text;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The house style where a machine can check it, for both modules and the top level. */
class TidyTest {

  private static final int LONGEST_LINE = 100;
  private static final int LONGEST_FILE = 400;
  private static final int LONGEST_METHOD = 60;

  private static final Set<String> TOP_LEVEL =
      Set.of(
          "pom.xml",
          "README.md",
          "gateway",
          "policies",
          "dashboards",
          "deploy",
          "LICENSE",
          ".ci",
          ".gitignore",
          ".editorconfig");

  // Written so that this file does not find itself.
  private static final Pattern LATER = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
  private static final Pattern PRINTING = Pattern.compile("\\bSystem\\s*\\.\\s*(out|err)\\b");
  private static final Pattern METRIC = Pattern.compile("[A-Za-z_:][A-Za-z0-9_:]*");
  private static final Pattern METRIC_SUFFIX =
      Pattern.compile("_(bucket|sum|count|total|created|info)$");
  private static final Pattern STRING = Pattern.compile("\"(ponder_[a-z0-9_]+)\"");
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)(?:\\s+\"[^\"]*\")?\\)");
  private static final Pattern MACHINE_PATH =
      Pattern.compile("(?<![\\w.$}*-])/(?:work|root|home|Users|mnt)/[\\w.-]+");
  private static final Pattern REGISTRY =
      Pattern.compile(
          "https?://[\\w.:@-]*"
              + "(?:artifactory|nexus|registry|mirror|repo1|pypi|npmjs|proxy\\.golang)[\\w.:-]*");

  private static Repository repository;
  private static JavaOutline outline;

  @BeforeAll
  static void readEverything() throws IOException {
    repository = Repository.read();
    outline = JavaOutline.of(repository.texts(".java").stream().map(Text::file).toList());
    assertThat(repository.texts()).hasSizeGreaterThan(20);
    assertThat(outline.methods()).hasSizeGreaterThan(20);
  }

  @Test
  void javaLines_areShort() {
    assertThat(linesWhere(".java", line -> line.codePointCount(0, line.length()) > LONGEST_LINE))
        .isEmpty();
  }

  @Test
  void files_areShort() {
    assertThat(repository.texts(".java", ".sh", ".py", ".awk", "/bin/ponder"))
        .filteredOn(text -> text.lines().size() > LONGEST_FILE)
        .extracting(text -> text.path() + ": " + text.lines().size() + " lines")
        .isEmpty();
  }

  @Test
  void methods_areShort() {
    assertThat(outline.methods())
        .filteredOn(method -> method.lines() > LONGEST_METHOD)
        .extracting(m -> m.file() + ":" + m.line() + " " + m.name() + ": " + m.lines() + " lines")
        .isEmpty();
  }

  @Test
  void code_isDone() {
    assertThat(linesWhere(".java", line -> LATER.matcher(line).find())).isEmpty();
    assertThat(linesWhere(".sh", line -> LATER.matcher(line).find())).isEmpty();
  }

  @Test
  void output_isWrittenByTheCommandLineOnly() {
    assertThat(linesWhere(".java", line -> PRINTING.matcher(line).find()))
        .filteredOn(place -> place.contains("/src/main/") && !place.contains("/gateway/cli/"))
        .isEmpty();
  }

  @Test
  void text_hasNoTabs() {
    for (String ending : List.of(".java", ".md", ".yaml", ".yml", ".xml", ".sh", ".py")) {
      assertThat(linesWhere(ending, line -> line.indexOf('\t') >= 0)).isEmpty();
    }
  }

  @Test
  void packages_sayWhereToStart() {
    Set<Path> folders =
        repository.texts(".java").stream()
            .filter(Text::isMainJava)
            .map(text -> text.file().resolveSibling("package-info.java"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(folders)
        .isNotEmpty()
        .allSatisfy(
            file ->
                assertThat(file)
                    .exists()
                    .content()
                    .contains("\n@NullMarked\n")
                    .contains("Start here: {@link"));
  }

  @Test
  void publicTypes_haveJavadoc() {
    assertThat(outline.publicTypes())
        .filteredOn(type -> type.file().toString().contains("/src/main/"))
        .isNotEmpty()
        .filteredOn(not(JavaOutline.PublicType::hasJavadoc))
        .isEmpty();
  }

  @Test
  void dashboards_nameOnlyMetricsThatExist() {
    List<Text> catalogue =
        repository.texts(".java").stream()
            .filter(t -> t.path().contains("/main/java/dev/ponder/gateway/telemetry/"))
            .toList();
    List<Text> dashboards =
        repository.texts(".json", ".yml", ".yaml").stream()
            .filter(text -> text.path().startsWith("dashboards/"))
            .toList();
    assumeThat(catalogue).as("telemetry/Meters.java").isNotEmpty();
    Set<String> known = new TreeSet<>();
    for (Text text : catalogue) {
      STRING.matcher(text.content()).results().forEach(hit -> known.add(family(hit.group(1))));
    }
    assertThat(dashboards)
        .allSatisfy(text -> assertThat(known).as(text.path()).containsAll(metrics(text)));
  }

  @Test
  void yamlBlocks_parse() {
    Load load = new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build());
    List<String> broken = new ArrayList<>();
    for (Text text : repository.texts(".md")) {
      for (String block : fences(text, "yaml")) {
        try {
          load.loadAllFromString(block).forEach(document -> {});
        } catch (YamlEngineException e) {
          broken.add(text.path() + ": " + e.getMessage());
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void links_lead() {
    List<String> broken = new ArrayList<>();
    for (Text text : repository.texts(".md")) {
      Matcher link = LINK.matcher(withoutFences(text));
      while (link.find()) {
        String target = link.group(1).replaceFirst("#.*$", "");
        if (!target.isEmpty()
            && !target.matches("[a-z]+:.*")
            && !Files.exists(text.file().resolveSibling(target))) {
          broken.add(text.path() + ": " + target);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void topLevel_hasNothingElse() throws Exception {
    Set<String> tracked;
    try {
      tracked = repository.trackedTopLevel();
    } catch (IOException e) {
      tracked = Set.of();
    }
    assumeThat(tracked).as("git ls-files").isNotEmpty();
    assertThat(tracked).isSubsetOf(TOP_LEVEL);
  }

  @Test
  void texts_nameNeitherMachinesNorRegistries() {
    assertThat(linesWhere("", line -> MACHINE_PATH.matcher(line).find())).isEmpty();
    assertThat(linesWhere("", line -> REGISTRY.matcher(line).find())).isEmpty();
  }

  /** "path:line: text" of every such line in the files with this ending. */
  private static List<String> linesWhere(String ending, Predicate<String> predicate) {
    List<String> found = new ArrayList<>();
    for (Text text : repository.texts(ending)) {
      List<String> lines = text.lines();
      for (int i = 0; i < lines.size(); i++) {
        if (predicate.test(lines.get(i))) {
          found.add(text.path() + ":" + (i + 1) + ": " + lines.get(i).strip());
        }
      }
    }
    return found;
  }

  /** Recorded series have a colon in their name and are defined in the rules themselves. */
  private static Set<String> metrics(Text text) {
    return METRIC
        .matcher(text.content())
        .results()
        .map(hit -> hit.group())
        .filter(name -> name.startsWith("ponder_") && name.indexOf(':') < 0)
        .map(TidyTest::family)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String family(String name) {
    return METRIC_SUFFIX.matcher(name).replaceFirst("");
  }

  private static List<String> fences(Text text, String language) {
    List<String> blocks = new ArrayList<>();
    Matcher fence =
        Pattern.compile("(?ms)^ *```" + language + "\\R(.*?)^ *```").matcher(text.content());
    while (fence.find()) {
      blocks.add(fence.group(1));
    }
    return blocks;
  }

  private static String withoutFences(Text text) {
    return text.content().replaceAll("(?ms)^ *```.*?^ *```", "").replaceAll("`[^`\n]*`", "");
  }
}
