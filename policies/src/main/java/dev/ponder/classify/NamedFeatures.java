package dev.ponder.classify;

import dev.ponder.classify.PromptFeatures.Part;
import java.util.Locale;
import java.util.function.ObjDoubleConsumer;

/** The features of a request by their names, for those who score it elsewhere. */
public final class NamedFeatures {

  private static final Part[] PARTS = Part.values();
  private static final Feature[] FEATURES = Feature.values();
  private static final String[][] NAMES = new String[PARTS.length][FEATURES.length];

  static {
    for (int part = 0; part < PARTS.length; part++) {
      for (int feature = 0; feature < FEATURES.length; feature++) {
        String name = PARTS[part].name() + "_" + FEATURES[feature].name();
        NAMES[part][feature] = name.toLowerCase(Locale.ROOT);
      }
    }
  }

  private NamedFeatures() {}

  /** Tells each feature's name, such as {@code whole_number_share}, and its value, in one order. */
  public static void tell(PromptFeatures features, ObjDoubleConsumer<String> listener) {
    for (int part = 0; part < PARTS.length; part++) {
      for (int feature = 0; feature < FEATURES.length; feature++) {
        double value = features.value(PARTS[part], FEATURES[feature]);
        listener.accept(NAMES[part][feature], value);
      }
    }
  }
}
