package dev.ponder.classify;

import dev.ponder.classify.TokenForecast.Curve;
import dev.ponder.classify.TokenForecast.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/**
 * A model as text, so that people can read what changed: a word and its values on each line, and
 * the words' weights as Base64 at the end.
 *
 * <pre>
 * ponder-model 1
 * name reasoning-v1
 * trained_on 27,000 examples ...
 * intercept -2.1
 * value whole.SIZE 3.65 0.85 0.36
 * tokens REASONING 150 4864 0.6 5
 * ...
 * words 0.0123
 * AAEC/w...
 * </pre>
 */
public final class ModelText {

  private static final String MAGIC = "ponder-model 1";
  private static final int LINE = 96;
  private static final int DIGITS = 6;

  private final String[] lines;
  private int at;

  private ModelText(String text) {
    this.lines = text.split("\r?\n", -1);
  }

  /** The text of a model; the same model always gives the same text. */
  public static String write(ReasoningModel model) {
    StringBuilder out = new StringBuilder(120_000);
    line(out, MAGIC);
    line(out, "name " + model.name());
    line(out, "trained_on " + model.trainedOn());
    line(out, "intercept " + number(model.intercept()));
    line(out, "calibration " + number(model.slope()) + " " + number(model.shift()));
    line(out, "threshold " + number(model.threshold()));
    for (Kind kind : Kind.values()) {
      Curve curve = model.tokens().curves().get(indexOf(kind));
      line(
          out,
          "tokens " + kind + numbers(curve.least(), curve.most(), curve.reach(), curve.tail()));
    }
    for (int i = 0; i < PromptFeatures.VALUES; i++) {
      double[] of = {model.mean()[i], model.spread()[i], model.weight()[i]};
      line(out, "value " + PromptFeatures.nameOf(i) + numbers(of));
    }
    line(out, "words " + number(model.wordStep()));
    String base64 = Base64.getEncoder().encodeToString(model.words());
    for (int i = 0; i < base64.length(); i += LINE) {
      line(out, base64.substring(i, Math.min(base64.length(), i + LINE)));
    }
    return out.toString();
  }

  /**
   * The model of a text.
   *
   * @throws IllegalArgumentException if it is none, with the line and what was expected there
   */
  public static ReasoningModel read(String text) {
    return new ModelText(text).model();
  }

  private ReasoningModel model() {
    expect(next().equals(MAGIC), lines[0], MAGIC);
    String name = rest("name");
    String trainedOn = rest("trained_on");
    double intercept = numbers("intercept", 1)[0];
    double[] calibration = numbers("calibration", 2);
    double threshold = numbers("threshold", 1)[0];
    List<Curve> curves = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      double[] of = numbers("tokens " + kind, 4);
      curves.add(new Curve(of[0], of[1], of[2], of[3]));
    }
    double[] mean = new double[PromptFeatures.VALUES];
    double[] spread = new double[PromptFeatures.VALUES];
    double[] weight = new double[PromptFeatures.VALUES];
    for (int i = 0; i < PromptFeatures.VALUES; i++) {
      double[] of = numbers("value " + PromptFeatures.nameOf(i), 3);
      mean[i] = of[0];
      spread[i] = of[1];
      weight[i] = of[2];
    }
    double wordStep = numbers("words", 1)[0];
    return new ReasoningModel(
        name,
        trainedOn,
        intercept,
        mean,
        spread,
        weight,
        words(),
        wordStep,
        calibration[0],
        calibration[1],
        threshold,
        new TokenForecast(curves));
  }

  private byte[] words() {
    String base64 = String.join("", Arrays.asList(lines).subList(at, lines.length)).trim();
    byte[] words;
    try {
      words = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "line " + (at + 1) + ": " + e.getMessage() + " (expected: base64 up to the end)", e);
    }
    at++;
    String size = ReasoningModel.WORD_BUCKETS + " bytes of base64";
    expect(words.length == ReasoningModel.WORD_BUCKETS, words.length + " bytes", size);
    return words;
  }

  private String next() {
    return at < lines.length ? lines[at++] : "";
  }

  private String rest(String word) {
    String line = next();
    expect(line.startsWith(word + " "), line, word + " ...");
    return line.substring(word.length() + 1);
  }

  private double[] numbers(String word, int count) {
    String[] parts = rest(word).split(" ", -1);
    expect(parts.length == count, parts.length + " numbers", count + " after " + word);
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      try {
        numbers[i] = Double.parseDouble(parts[i]);
        expect(Double.isFinite(numbers[i]), parts[i], "a number");
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "line " + at + ": " + parts[i] + " (expected: a number)", e);
      }
    }
    return numbers;
  }

  private void expect(boolean holds, String found, String expected) {
    if (!holds) {
      String shown = found.substring(0, Math.min(60, found.length()));
      throw new IllegalArgumentException(
          "line " + at + ": " + shown + " (expected: " + expected + ")");
    }
  }

  @SuppressWarnings("EnumOrdinal") // curves stand in the order of the kinds
  private static int indexOf(Kind kind) {
    return kind.ordinal();
  }

  private static void line(StringBuilder out, String text) {
    out.append(text).append('\n');
  }

  private static String numbers(double... values) {
    StringBuilder out = new StringBuilder();
    for (double value : values) {
      out.append(' ').append(number(value));
    }
    return out.toString();
  }

  /** Six significant digits: plenty for a weight, and the same on every machine. */
  private static String number(double value) {
    return String.format(Locale.ROOT, "%." + DIGITS + "g", value);
  }
}
