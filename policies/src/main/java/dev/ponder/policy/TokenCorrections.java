package dev.ponder.policy;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The {@link TokenCorrection} of each model, by its configured name. Safe for many threads; it
 * holds the {@value #MODELS_MAX} models that were asked for last.
 */
public final class TokenCorrections {

  static final int MODELS_MAX = 4_096;

  private final Map<String, TokenCorrection> models = new LinkedHashMap<>(16, 0.75f, true);

  /** Nothing learnt yet. */
  public TokenCorrections() {}

  /** The correction of a model, made when it is first asked for. */
  public synchronized TokenCorrection of(String model) {
    TokenCorrection correction = models.computeIfAbsent(model, name -> new TokenCorrection());
    if (models.size() > MODELS_MAX) {
      models.remove(models.keySet().iterator().next());
    }
    return correction;
  }
}
