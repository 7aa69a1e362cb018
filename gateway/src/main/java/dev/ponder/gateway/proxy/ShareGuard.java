package dev.ponder.gateway.proxy;

import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Budget.Each;
import dev.ponder.gateway.treasury.Purses;
import dev.ponder.gateway.treasury.Treasury;
import dev.ponder.policy.Decision;
import dev.ponder.policy.Principal;
import dev.ponder.policy.Router;
import dev.ponder.policy.ShareWindows;
import dev.ponder.policy.ShareWindows.Limit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds a caller to the share of its requests that reasoning models may answer: beyond it, a
 * request that leaves the choice to us goes to a cheaper tier. One that names its model is counted
 * and let through: which models a key may name is said by its {@code models}.
 */
final class ShareGuard {

  /** Stands in for a policy's name where every caller is counted; no policy can be called so. */
  static final String CALLER = "_caller";

  private final ShareWindows windows;
  private final Treasury treasury;
  private final Purses purses;
  private final Principal principal;
  private final Map<String, String> tags;

  /** A guard for one request of this caller. */
  ShareGuard(Treasury treasury, Purses purses, Principal principal, Map<String, String> tags) {
    this.windows = treasury.shares();
    this.treasury = treasury;
    this.purses = purses;
    this.principal = principal;
    this.tags = tags;
  }

  /** The request as it may go on, counted. */
  Weighed admit(Weighed weighed) {
    AccountKey own = new AccountKey(CALLER, Each.KEY, principal.key());
    List<Limit> limits = limits(weighed);
    if (!weighed.decision().model().reasoning()) {
      windows.plain(own, limits);
      return weighed;
    }
    if (limits.isEmpty()) {
      windows.admit(own, limits, true);
      return weighed;
    }
    Optional<Decision> cheaper = cheaper(weighed);
    Limit broken = windows.admit(own, limits, cheaper.isEmpty());
    if (broken == null || cheaper.isEmpty()) {
      return weighed;
    }
    treasury.meters().shareHeld(broken.owner().policy());
    return weighed.with(cheaper.get());
  }

  /** The request as it might go on just now; nothing is counted. */
  Weighed look(Weighed weighed) {
    return broken(weighed) == null ? weighed : cheaper(weighed).map(weighed::with).orElse(weighed);
  }

  /** The limit that keeps a request from the reasoning model it is to go to; null if none does. */
  @Nullable Limit broken(Weighed weighed) {
    return weighed.decision().model().reasoning() ? windows.broken(limits(weighed)) : null;
  }

  List<Limit> limits(Weighed weighed) {
    return purses
        .of(principal, tags, weighed.routeName(), weighed.decision().model())
        .shareLimits();
  }

  private static Optional<Decision> cheaper(Weighed weighed) {
    return Router.withoutReasoning(weighed.target(), weighed.question(), weighed.decision());
  }
}
