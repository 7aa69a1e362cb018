package dev.ponder.config;

import dev.ponder.budget.Budget;
import dev.ponder.budget.Budget.Each;
import dev.ponder.budget.Budget.Window;
import dev.ponder.budget.RateLimit;
import dev.ponder.price.Money;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what a policy limits: {@code budget}, the rates, and {@code each}, which both share. */
final class BudgetReader {

  /** What {@link Quantities#money} takes; as a sum of nano-dollars it is far from overflowing. */
  static final String MONEY_EXPECTED = "more than 0 and less than 1000000000 USD, such as 0.50 USD";

  private static final String BUDGET_EXPECTED =
      "more than 0 and less than 1000000000 USD per hour, day, week or month,"
          + " such as 500 USD per month";

  private static final Pattern MONEY_PER_WINDOW =
      Pattern.compile("(.{1,24} USD) per (hour|day|week|month)");

  private static final int RATE_MAX = 1_000_000_000;

  private BudgetReader() {}

  /** The budget of a policy; absent if there is none or it has mistakes. */
  static Optional<Budget> budget(YamlMapping policy) {
    Optional<YamlValue> value = policy.get("budget");
    Each each = each(policy);
    if (value.isPresent() && !value.get().isMapping()) {
      return value.get().parse(BUDGET_EXPECTED, t -> perWindow(t, each));
    }
    return value
        .flatMap(v -> v.mapping(Section.BUDGET, BUDGET_EXPECTED))
        .flatMap(m -> longForm(m, each));
  }

  private static Optional<Budget> longForm(YamlMapping mapping, Each each) {
    Optional<Money> limit =
        mapping
            .require("limit", MONEY_EXPECTED)
            .flatMap(v -> v.parse(MONEY_EXPECTED, Quantities::money));
    Optional<Window> window =
        mapping
            .require("window", "hour, day, week or month")
            .flatMap(v -> v.constant(Window.values()));
    ZoneId zone = mapping.get("time_zone").flatMap(BudgetReader::zone).orElse(ZoneOffset.UTC);
    return limit.flatMap(money -> window.map(w -> new Budget(money, w, zone, each)));
  }

  private static Optional<Budget> perWindow(String text, Each each) {
    Matcher match = MONEY_PER_WINDOW.matcher(text);
    if (!match.matches()) {
      return Optional.empty();
    }
    Window window = Window.valueOf(match.group(2).toUpperCase(Locale.ROOT));
    return Quantities.money(match.group(1))
        .map(limit -> new Budget(limit, window, ZoneOffset.UTC, each));
  }

  /** The rates of a policy; absent if it limits neither. */
  static Optional<RateLimit> rate(YamlMapping policy) {
    OptionalLong requests = perMinute(policy, "requests_per_minute");
    OptionalLong tokens = perMinute(policy, "tokens_per_minute");
    return requests.isPresent() || tokens.isPresent()
        ? Optional.of(new RateLimit(requests, tokens, each(policy)))
        : Optional.empty();
  }

  private static OptionalLong perMinute(YamlMapping policy, String key) {
    return policy.get(key).flatMap(v -> v.integer(1, RATE_MAX)).stream()
        .mapToLong(Integer::longValue)
        .findFirst();
  }

  /** Checks the two places where {@code each} may stand; what they say is in what is read. */
  static void checkEach(YamlMapping policy) {
    Optional<YamlValue> outer = policy.get("each");
    Optional<YamlValue> inner = inner(policy);
    Optional<Each> shared = outer.flatMap(v -> v.constant(Each.values()));
    Optional<Each> own = inner.flatMap(v -> v.constant(Each.values()));
    if (shared.isPresent() && own.isPresent() && shared.get() != own.get()) {
      inner.get().refuse("what each says in line " + outer.get().line() + ", or only one of them");
    }
    boolean limits =
        policy.get("budget").isPresent()
            || policy.get("requests_per_minute").isPresent()
            || policy.get("tokens_per_minute").isPresent()
            || policy.get("lrm_share").isPresent();
    if (shared.isPresent() && !limits) {
      outer.get().warn("has no effect without a budget, a rate or an lrm_share");
    }
  }

  /** Whose limit it is; reports nothing. */
  static Each each(YamlMapping policy) {
    return policy
        .get("each")
        .or(() -> inner(policy))
        .flatMap(v -> v.peekConstant(Each.values()))
        .orElse(Each.ALL);
  }

  private static Optional<YamlValue> inner(YamlMapping policy) {
    return policy.get("budget").flatMap(v -> v.peek("each"));
  }

  private static Optional<ZoneId> zone(YamlValue value) {
    String expected = "a time zone, such as Europe/Berlin";
    Optional<String> text = value.text(expected);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(ZoneId.of(text.get()));
    } catch (DateTimeException e) {
      List<String> ids = ZoneId.getAvailableZoneIds().stream().sorted().toList();
      String hint = Suggestion.hint(text.get(), ids);
      // All six hundred of them would be no help.
      String end = hint.startsWith("(did") ? hint : "(expected: " + expected + ")";
      value.error("unknown time zone " + Problems.shown(text.get()) + " " + end);
      return Optional.empty();
    }
  }
}
