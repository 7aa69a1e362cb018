package dev.ponder.gateway.server;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.ModelText;
import dev.ponder.classify.TrainedClassifier;
import dev.ponder.config.Configuration;
import dev.ponder.config.ShippedClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The model that a configuration names: a file of {@code ponder train}, or the one that ships. */
public final class ModelFile {

  /** A model has 92 KiB; a larger file is none. */
  private static final long MOST_BYTES = 1024 * 1024;

  private ModelFile() {}

  /**
   * The classifier to score by. Reads a file, so never on an event loop.
   *
   * @throws IOException if the file cannot be read or is no model, with its place
   */
  public static Classifier of(Configuration configuration) throws IOException {
    if (configuration.modelFile().isEmpty()) {
      return ShippedClassifier.get();
    }
    String name = configuration.modelFile().get();
    String place = "classifier: file:" + name + ": ";
    try {
      Path file = Path.of(name);
      long bytes = Files.size(file);
      if (bytes > MOST_BYTES) {
        throw new IOException(place + bytes + " bytes (expected: at most " + MOST_BYTES + ")");
      }
      return new TrainedClassifier(ModelText.read(Files.readString(file)));
    } catch (NoSuchFileException e) {
      throw new IOException(place + "no such file (expected: a model of ponder train)", e);
    } catch (IllegalArgumentException e) {
      throw new IOException(place + e.getMessage(), e);
    }
  }
}
