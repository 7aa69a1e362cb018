package dev.ponder.config;

import dev.ponder.config.Problem.Severity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value in a YAML file, with its place and its path.
 *
 * <p>Every way to read it either answers, or reports what stands there and what was expected and
 * answers nothing. So a reader need not look at errors: it reads on with a default, and all
 * mistakes of a file are found in one go.
 */
final class YamlValue {

  private static final int TEXT_MAX = 4096;

  /** What people and clients call upstreams, models, routes, policies, keys, teams and tags. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@+-]{0,63}");

  static final String NAME_EXPECTED = "a name of letters, digits and ._:@+-, at most 64";

  private final Problems problems;
  private final String path;
  private final Node key;
  private final Node node;

  /**
   * @param key the node of its key; the value's own node where it has no key
   */
  YamlValue(Problems problems, String path, Node key, Node node) {
    this.problems = problems;
    this.path = path;
    this.key = key;
    this.node = node;
  }

  String path() {
    return path;
  }

  /** Reports a mistake at the value. */
  void error(String message) {
    report(node, path, message, Severity.ERROR);
  }

  /** Reports a mistake at the value's key. */
  void errorAtKey(String message) {
    report(key, path, message, Severity.ERROR);
  }

  /** Reports a missing member of this mapping. */
  void errorMissing(String member, String expected) {
    report(key, pathOf(member), "missing (expected: " + expected + ")", Severity.ERROR);
  }

  /** Reports something to look at, at the value's key. */
  void warn(String message) {
    report(key, path, message, Severity.WARNING);
  }

  /** Reports that this version reads the value and does nothing with it. */
  void warnNoEffect() {
    warn("is read but has no effect in this version");
  }

  /** Reports what stands here instead of what was expected. */
  void refuse(String expected) {
    error(describe() + " (expected: " + expected + ")");
  }

  private void report(Node at, String where, String message, Severity severity) {
    Optional<Mark> mark = at.getStartMark();
    int line = mark.map(m -> m.getLine() + 1).orElse(1);
    int column = mark.map(m -> m.getColumn() + 1).orElse(1);
    problems.add(line, column, where, message, severity);
  }

  int line() {
    return key.getStartMark().map(m -> m.getLine() + 1).orElse(1);
  }

  boolean isList() {
    return node instanceof SequenceNode;
  }

  boolean isMapping() {
    return node instanceof MappingNode;
  }

  /** Whether it is a text, number or truth value. */
  boolean isScalar() {
    return node instanceof ScalarNode && !node.getTag().equals(Tag.NULL);
  }

  private String describe() {
    if (isList()) {
      return "a list";
    }
    if (isMapping()) {
      return "a mapping";
    }
    return isScalar() ? Problems.shown(((ScalarNode) node).getValue()) : "nothing";
  }

  Optional<String> text(String expected) {
    if (!isScalar()) {
      refuse(expected);
      return Optional.empty();
    }
    String text = ((ScalarNode) node).getValue();
    if (text.isBlank() || text.length() > TEXT_MAX) {
      refuse(expected);
      return Optional.empty();
    }
    return Optional.of(text);
  }

  /** The text, if it is one; nothing is reported. */
  Optional<String> peekText() {
    return isScalar() ? Optional.of(((ScalarNode) node).getValue()) : Optional.empty();
  }

  /** What {@code parser} makes of the text; refused if it makes nothing of it. */
  <T> Optional<T> parse(String expected, Function<String, Optional<T>> parser) {
    Optional<String> text = text(expected);
    Optional<T> parsed = text.flatMap(parser);
    if (text.isPresent() && parsed.isEmpty()) {
      refuse(expected);
    }
    return parsed;
  }

  Optional<String> name() {
    return parse(NAME_EXPECTED, t -> Optional.of(t).filter(YamlValue::isName));
  }

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  Optional<Boolean> flag() {
    boolean plain = node instanceof ScalarNode scalar && scalar.isPlain();
    return parse(
        "true or false",
        t ->
            plain && (t.equals("true") || t.equals("false"))
                ? Optional.of(t.equals("true"))
                : Optional.empty());
  }

  Optional<Integer> integer(int min, int max) {
    return parse(
        "a whole number, " + min + ".." + max,
        t ->
            Optional.of(t)
                .filter(digits -> digits.matches("[0-9]{1,10}"))
                .map(Long::parseLong)
                .filter(n -> n >= min && n <= max)
                .map(Long::intValue));
  }

  /** One of these words. */
  Optional<String> word(List<String> words) {
    return parse(oneOf(words), t -> Optional.of(t).filter(words::contains));
  }

  /** One of these constants, written in lower case. */
  <E extends Enum<E>> Optional<E> constant(E[] constants) {
    return word(Arrays.stream(constants).map(YamlValue::wordOf).toList())
        .flatMap(word -> peekConstant(constants));
  }

  /** The same, but nothing is reported. */
  <E extends Enum<E>> Optional<E> peekConstant(E[] constants) {
    return peekText()
        .flatMap(text -> Arrays.stream(constants).filter(c -> wordOf(c).equals(text)).findFirst());
  }

  private static String wordOf(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String oneOf(List<String> words) {
    int last = words.size() - 1;
    return last == 0
        ? words.get(0)
        : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
  }

  /** One member of a mapping, without a look at the others; absent if this is no mapping. */
  Optional<YamlValue> peek(String member) {
    if (!(node instanceof MappingNode mapping)) {
      return Optional.empty();
    }
    for (NodeTuple tuple : mapping.getValue()) {
      if (tuple.getKeyNode() instanceof ScalarNode name && name.getValue().equals(member)) {
        return Optional.of(new YamlValue(problems, pathOf(member), name, tuple.getValueNode()));
      }
    }
    return Optional.empty();
  }

  /** The elements of a list. */
  List<YamlValue> list(String expected) {
    if (!(node instanceof SequenceNode sequence)) {
      refuse(expected);
      return List.of();
    }
    List<YamlValue> elements = new ArrayList<>();
    for (Node element : sequence.getValue()) {
      elements.add(new YamlValue(problems, path + "[" + elements.size() + "]", element, element));
    }
    return elements;
  }

  /** The elements of a list, or the one value that stands without brackets. */
  List<YamlValue> oneOrMore(String expected) {
    return isScalar() ? List.of(this) : list(expected);
  }

  /** A mapping whose keys are known; unknown ones are reported. */
  Optional<YamlMapping> mapping(Section section, String expected) {
    if (!isMapping()) {
      refuse(expected);
      return Optional.empty();
    }
    Map<String, YamlValue> members = members();
    members.forEach(
        (name, value) -> {
          if (!section.keys().contains(name)) {
            value.errorAtKey("unknown key " + Suggestion.hint(name, section.keys()));
          }
        });
    return Optional.of(new YamlMapping(section, this, members));
  }

  /** A mapping whose keys are names that people choose. */
  Map<String, YamlValue> named(String expected) {
    if (!isMapping()) {
      refuse(expected);
      return Map.of();
    }
    Map<String, YamlValue> members = members();
    members.forEach(
        (name, value) -> {
          if (!isName(name)) {
            value.errorAtKey("not a name (expected: " + NAME_EXPECTED + ")");
          }
        });
    return members;
  }

  private Map<String, YamlValue> members() {
    Map<String, YamlValue> members = new LinkedHashMap<>();
    for (NodeTuple tuple : ((MappingNode) node).getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
        report(tuple.getKeyNode(), path, "not a key (expected: a word)", Severity.ERROR);
        continue;
      }
      YamlValue value =
          new YamlValue(problems, pathOf(name.getValue()), name, tuple.getValueNode());
      YamlValue first = members.putIfAbsent(name.getValue(), value);
      if (first != null) {
        value.errorAtKey("duplicate key (first in line " + first.line() + ")");
      }
    }
    return members;
  }

  private String pathOf(String member) {
    String shown = Problems.shown(member);
    return path.isEmpty() ? shown : path + "." + shown;
  }
}
