package dev.ponder.gateway.telemetry;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/** The configured names that have series of their own; all others share {@link Label#OTHER}. */
final class Names {

  private final Meters meters;
  private final String label;
  private final Set<String> own;
  private final boolean more;

  /** The first so many of these have; each of the others is counted as an overflow of the label. */
  Names(Meters meters, String label, Collection<String> all, int most) {
    this(meters, label, all, first(all, most));
    Set<String> rest = new LinkedHashSet<>(all);
    rest.removeAll(own);
    rest.forEach(name -> meters.overflown(label));
  }

  /** Those of {@code own} have. */
  Names(Meters meters, String label, Collection<String> all, Set<String> own) {
    this.meters = meters;
    this.label = label;
    this.own = own;
    this.more = !own.containsAll(all);
  }

  private static Set<String> first(Collection<String> all, int most) {
    Set<String> first = new LinkedHashSet<>();
    for (String name : all) {
      if (first.size() < most) {
        first.add(name);
      }
    }
    return first;
  }

  /** All values of the label that the configured names have. */
  Set<String> labels() {
    Set<String> labels = new LinkedHashSet<>(own);
    if (more) {
      labels.add(Label.OTHER);
    }
    return labels;
  }

  /** The value that a configured name has. */
  String label(String name) {
    return own.contains(name) ? name : Label.OTHER;
  }

  /** The value for an event's name, which may be one that was configured before. */
  String counted(String name) {
    if (!own.contains(name)) {
      meters.overflown(label);
    }
    return label(name);
  }
}
