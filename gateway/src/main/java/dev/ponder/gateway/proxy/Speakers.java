package dev.ponder.gateway.proxy;

import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Dialect;
import dev.ponder.gateway.wire.JsonSplice;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Deployment;
import dev.ponder.policy.Router;
import dev.ponder.policy.Upstream;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The providers that can be told a request. On a route with tiers of two dialects it is translated
 * once to see whether it can be; where it cannot, only those that speak the client's are asked.
 */
final class Speakers {

  private Speakers() {}

  /** The providers that a request to this target can be sent to. */
  static Set<Upstream.Provider> of(RequestView view, Router.Target target) {
    Dialect dialect = view.dialect();
    Set<Upstream.Provider> all = dialect.providers();
    if (target.tiers().size() < 2 || (dialect != Dialect.CHAT && dialect != Dialect.MESSAGES)) {
      return all;
    }
    Set<Upstream.Provider> fluent = EnumSet.copyOf(all);
    fluent.removeIf(provider -> dialect.at(provider) != dialect);
    boolean choice = false;
    Candidate stranger = null;
    for (List<Candidate> tier : target.tiers()) {
      for (Deployment deployment : tier.get(0).model().servedBy()) {
        choice |= fluent.contains(deployment.upstream().provider());
      }
      for (Candidate candidate : tier) {
        boolean speaks = fluent.contains(candidate.deployment().upstream().provider());
        stranger = speaks ? stranger : candidate;
      }
    }
    return !choice || stranger == null || told(view, target, stranger, fluent) ? all : fluent;
  }

  private static boolean told(
      RequestView view, Router.Target target, Candidate stranger, Set<Upstream.Provider> fluent) {
    Translation into = Translation.of(stranger, view.dialect(), "", 0);
    if (into == null) {
      return true;
    }
    JsonSplice body = JsonSplice.of(view);
    refusedByAll(target, fluent).forEach(body::remove);
    try {
      into.request(body.toBytes(), stranger, Optional.empty());
      return true;
    } catch (ApiError unsayable) {
      return false;
    }
  }

  /** What is left out on the way to any model of another dialect hinders nobody. */
  private static Set<String> refusedByAll(Router.Target target, Set<Upstream.Provider> fluent) {
    @Nullable Set<String> common = null;
    for (List<Candidate> tier : target.tiers()) {
      for (Candidate candidate : tier) {
        if (!fluent.contains(candidate.deployment().upstream().provider())) {
          Set<String> refused = candidate.model().capabilities().refusedParams();
          if (common == null) {
            common = new HashSet<>(refused);
          } else {
            common.retainAll(refused);
          }
        }
      }
    }
    return common == null ? Set.of() : common;
  }
}
