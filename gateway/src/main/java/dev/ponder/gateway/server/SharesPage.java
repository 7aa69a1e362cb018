package dev.ponder.gateway.server;

import dev.ponder.budget.AccountKey;
import dev.ponder.gateway.proxy.House;
import dev.ponder.gateway.telemetry.ShareGauges;
import dev.ponder.gateway.telemetry.ShareGauges.ShareLine;
import dev.ponder.policy.Policy;
import dev.ponder.policy.ShareLimit;
import dev.ponder.policy.ShareWindows;
import dev.ponder.policy.ShareWindows.Recent;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Who has how much reasoned about: {@code GET /admin/v1/lrm-shares} tells of each caller and of
 * each owner of a limit; the metrics tell of policies only, since callers may be many.
 */
final class SharesPage {

  /** A share of fewer requests says nothing yet. */
  private static final int TELLING = 20;

  private SharesPage() {}

  /** All that are known, the highest share first. */
  static String toJson(House house) {
    Map<String, ShareLimit> limits = limits(house);
    JsonArray callers = new JsonArray();
    JsonArray policies = new JsonArray();
    List<Recent> all = new ArrayList<>(house.treasury().shares().recent());
    all.sort(
        Comparator.comparingDouble((Recent r) -> -r.share())
            .thenComparing(r -> r.owner().toString()));
    for (Recent recent : all) {
      ShareLimit limit = limits.get(recent.owner().policy());
      JsonObject line = new JsonObject();
      if (recent.owner().policy().equals(House.CALLERS)) {
        line.put("key", recent.owner().owner());
        callers.add(numbers(line, recent));
      } else if (limit != null && limit.each() == recent.owner().each()) {
        line.put("policy", recent.owner().policy()).put("scope", scope(recent.owner()));
        numbers(line, recent).put("limit", limit.share());
        policies.add(line.put("held", recent.reasoned() >= limit.requests()));
      }
    }
    return new JsonObject()
        .put("window", ShareWindows.span())
        .put("keys", callers)
        .put("limits", policies)
        .encode();
  }

  private static JsonObject numbers(JsonObject line, Recent recent) {
    return line.put("requests", recent.requests())
        .put("lrm_requests", recent.reasoned())
        .put("lrm_share", Math.round(recent.share() * 1e4) / 1e4);
  }

  private static JsonObject scope(AccountKey owner) {
    return switch (owner.each()) {
      case ALL -> new JsonObject();
      case TEAM -> new JsonObject().put("team", owner.owner());
      case KEY -> new JsonObject().put("key", owner.owner());
    };
  }

  private static Map<String, ShareLimit> limits(House house) {
    Map<String, ShareLimit> limits = new HashMap<>();
    for (Policy policy : house.configuration().policies()) {
      policy.lrmShare().ifPresent(limit -> limits.put(policy.name(), limit));
    }
    return limits;
  }

  /** Registers the gauges; {@code house} gives the one that serves now. */
  static void register(PrometheusRegistry registry, Supplier<House> house) {
    ShareGauges.register(registry, () -> lines(house.get()), () -> highest(house.get()));
  }

  private static List<ShareLine> lines(House house) {
    Map<String, ShareLine> lines = new LinkedHashMap<>();
    Map<String, ShareLimit> limits = limits(house);
    limits.forEach((policy, limit) -> lines.put(policy, new ShareLine(policy, 0, 0)));
    for (Recent recent : house.treasury().shares().recent()) {
      ShareLimit limit = limits.get(recent.owner().policy());
      if (limit != null && limit.each() == recent.owner().each()) {
        double share = recent.requests() < TELLING ? 0 : recent.share();
        int held = recent.reasoned() >= limit.requests() ? 1 : 0;
        lines.merge(
            recent.owner().policy(),
            new ShareLine(recent.owner().policy(), share, held),
            ShareLine::with);
      }
    }
    return List.copyOf(lines.values());
  }

  private static double highest(House house) {
    return house.treasury().shares().recent().stream()
        .filter(r -> r.owner().policy().equals(House.CALLERS) && r.requests() >= TELLING)
        .mapToDouble(Recent::share)
        .max()
        .orElse(0);
  }
}
