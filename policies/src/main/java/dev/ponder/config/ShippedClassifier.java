package dev.ponder.config;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.ModelText;
import dev.ponder.classify.TrainedClassifier;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The classifier that comes with Ponder. Its model lies beside this class as text; {@code
 * policies/training/README.md} is its model card.
 */
public final class ShippedClassifier {

  /** The name by which commands, logs and metrics call it. */
  public static final String NAME = "reasoning-v1";

  private static final String RESOURCE = NAME + ".model";

  private ShippedClassifier() {}

  /** Read once, when somebody asks for it first. */
  private static final class Once {
    private static final Classifier CLASSIFIER = new TrainedClassifier(ModelText.read(text()));
  }

  /** The classifier; always the same one, safe for many threads. */
  public static Classifier get() {
    return Once.CLASSIFIER;
  }

  private static String text() {
    try (InputStream in = ShippedClassifier.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + ": missing (expected: in the jar)");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
