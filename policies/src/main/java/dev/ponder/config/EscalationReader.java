package dev.ponder.config;

import dev.ponder.policy.Escalation;
import dev.ponder.policy.Escalation.Fault;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code escalate} of a route. */
final class EscalationReader {

  private static final Pattern LOGPROB = Pattern.compile("0|-[0-9]{1,3}(\\.[0-9]{1,6})?");

  private EscalationReader() {}

  /** Absent if there is a mistake in it. */
  static Optional<Escalation> read(YamlValue value) {
    return value
        .mapping(Section.ESCALATE, "when, min_logprob and callers_cap")
        .flatMap(EscalationReader::escalation);
  }

  private static Optional<Escalation> escalation(YamlMapping mapping) {
    double minLogprob =
        mapping
            .get("min_logprob")
            .flatMap(v -> v.parse("a number of -999 to 0, such as -1.5", EscalationReader::logprob))
            .orElse(Escalation.MIN_LOGPROB);
    boolean raises =
        mapping
            .get("callers_cap")
            .flatMap(v -> v.word(List.of("keep", "raise")))
            .map(word -> word.equals("raise"))
            .orElse(false);
    return mapping
        .require("when", "a list of faults, such as [ refusal, empty ]")
        .map(EscalationReader::faults)
        .filter(faults -> !faults.isEmpty())
        .map(faults -> new Escalation(faults, minLogprob, raises));
  }

  private static Set<Fault> faults(YamlValue value) {
    Set<Fault> faults = EnumSet.noneOf(Fault.class);
    for (YamlValue element : value.oneOrMore("a list of faults, such as [ refusal, empty ]")) {
      element.constant(Fault.values()).ifPresent(faults::add);
    }
    return faults;
  }

  private static Optional<Double> logprob(String text) {
    return LOGPROB.matcher(text).matches() ? Optional.of(Double.valueOf(text)) : Optional.empty();
  }
}
