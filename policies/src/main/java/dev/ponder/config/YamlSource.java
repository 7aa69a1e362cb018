package dev.ponder.config;

import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * A YAML text, parsed within limits: {@value #SIZE_MAX} characters, {@value #DEPTH_MAX} levels,
 * {@value #ALIASES_MAX} aliases, one document, no tags.
 */
final class YamlSource {

  static final int SIZE_MAX = 1 << 20;
  static final int DEPTH_MAX = 32;
  static final int ALIASES_MAX = 100;

  private static final int MESSAGE_MAX = 160;

  private YamlSource() {}

  /** The root value; absent if the text is no such YAML, which the problems then say. */
  static Optional<YamlValue> parse(String yaml, Problems problems) {
    if (yaml.length() > SIZE_MAX) {
      problems.error(1, 1, "", "file too large (expected: at most 1 MiB)");
      return Optional.empty();
    }
    LoadSettings settings =
        LoadSettings.builder()
            .setCodePointLimit(SIZE_MAX + 1)
            .setAllowNonScalarKeys(true) // reported later, with a better place
            .build();
    try {
      // Composing recurses, so what is too deep must be found before: by the flat list of events.
      if (!withinLimits(new Parse(settings).parseString(yaml), problems)) {
        return Optional.empty();
      }
      Optional<Node> root = new Compose(settings).composeString(yaml);
      if (root.isEmpty()) {
        problems.error(1, 1, "", "empty file (expected: upstreams, models and routes)");
      }
      return root.map(node -> new YamlValue(problems, "", node, node));
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      String what = e.getProblem() == null ? e.getContext() : e.getProblem();
      problems.error(
          mark.map(m -> m.getLine() + 1).orElse(1),
          mark.map(m -> m.getColumn() + 1).orElse(1),
          "",
          "not YAML: " + Problems.shown(String.valueOf(what), MESSAGE_MAX));
    } catch (ReaderException e) {
      reportCharacter(yaml, e, problems);
    } catch (YamlEngineException | IllegalArgumentException | IndexOutOfBoundsException e) {
      // The parser has no place for these (such as a bad %-directive or a cut escape).
      problems.error(
          1, 1, "", "not YAML: " + Problems.shown(String.valueOf(e.getMessage()), MESSAGE_MAX));
    }
    return Optional.empty();
  }

  private static boolean withinLimits(Iterable<Event> events, Problems problems) {
    int depth = 0;
    int aliases = 0;
    boolean ok = true;
    for (Event event : events) {
      if (event instanceof CollectionStartEvent start) {
        depth++;
        ok &= untagged(event, start.getTag(), problems);
      } else if (event instanceof CollectionEndEvent) {
        depth--;
      } else if (event instanceof ScalarEvent scalar) {
        ok &= untagged(event, scalar.getTag(), problems);
      } else if (event instanceof AliasEvent) {
        aliases++;
      }
      if (depth > DEPTH_MAX) {
        report(event, "nested too deep (expected: at most " + DEPTH_MAX + " levels)", problems);
        return false;
      }
      if (aliases > ALIASES_MAX) {
        report(event, "too many aliases (expected: at most " + ALIASES_MAX + ")", problems);
        return false;
      }
    }
    return ok;
  }

  private static boolean untagged(Event event, Optional<String> tag, Problems problems) {
    tag.ifPresent(t -> report(event, "a YAML tag (expected: none)", problems));
    return tag.isEmpty();
  }

  private static void report(Event event, String message, Problems problems) {
    int line = event.getStartMark().map(m -> m.getLine() + 1).orElse(1);
    int column = event.getStartMark().map(m -> m.getColumn() + 1).orElse(1);
    problems.error(line, column, "", message);
  }

  private static void reportCharacter(String yaml, ReaderException e, Problems problems) {
    int line = 1;
    int column = 1;
    int at = 0;
    for (int i = 0; i < e.getPosition() && at < yaml.length(); i++) {
      int c = yaml.codePointAt(at);
      at += Character.charCount(c);
      line += c == '\n' ? 1 : 0;
      column = c == '\n' ? 1 : column + 1;
    }
    String hex = Integer.toHexString(e.getCodePoint());
    problems.error(line, column, "", "not YAML: the character U+" + hex + " is not allowed");
  }
}
