package dev.ponder.gateway.stub;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The script of every model before a request says otherwise: profile over name over defaults. */
final class Profiles {

  /** What a model reasons when its name says so and nothing else does. */
  private static final StubScript REASONING = StubScript.parse("reasoning=~1500");

  private static final String[] REASONING_NAMES = {"o1", "o3", "r1", "reason", "think"};

  private final StubScript defaults;
  private final StubScript reasoningDefaults;
  private final Map<String, StubScript> models = new HashMap<>();

  Profiles(StubOptions options) {
    defaults = options.defaults();
    reasoningDefaults = defaults.over(REASONING);
    options.models().forEach((name, profile) -> models.put(name, profile.over(byName(name))));
  }

  StubScript of(String model) {
    StubScript profile = models.get(model);
    return profile == null ? byName(model) : profile;
  }

  private StubScript byName(String model) {
    String name = model.toLowerCase(Locale.ROOT);
    for (String part : REASONING_NAMES) {
      if (name.contains(part)) {
        return reasoningDefaults;
      }
    }
    return defaults;
  }
}
