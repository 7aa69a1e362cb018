package dev.ponder.gateway.proxy;

import dev.ponder.budget.Entry;
import dev.ponder.budget.Reservation;
import dev.ponder.gateway.ledger.CallRecord;
import dev.ponder.gateway.treasury.Purse;
import dev.ponder.gateway.treasury.Treasury;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Principal;
import dev.ponder.policy.Router;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The bill of a request that went through unread, written once its answer has told what it used. It
 * was not set aside before, so that a budget may be overdrawn by it; but the next call sees it.
 *
 * @param candidate the model that was used, with its price
 * @param amount what it costs
 */
record PassageBill(Candidate candidate, Money amount) {

  /**
   * What an upstream's model of this name costs; null if it is none that is configured.
   *
   * @param name what the upstream calls it, or its name here
   */
  static @Nullable PassageBill of(
      Router router, String upstream, @Nullable String name, Usage usage) {
    if (name == null) {
      return null;
    }
    Candidate alias = null;
    for (Router.Target target : router.targets()) {
      for (List<Candidate> tier : target.tiers()) {
        for (Candidate candidate : tier) {
          if (!candidate.deployment().upstream().name().equals(upstream)) {
            continue;
          }
          if (candidate.deployment().modelId().equals(name)) {
            return new PassageBill(candidate, candidate.model().price().of(usage));
          }
          alias = candidate.model().name().equals(name) ? candidate : alias;
        }
      }
    }
    return Optional.ofNullable(alias)
        .map(found -> new PassageBill(found, found.model().price().of(usage)))
        .orElse(null);
  }

  /** Debits the caller's budgets, and the ledger. */
  void post(House house, Principal who, Map<String, String> tags, String requestId, Usage usage) {
    Treasury treasury = house.treasury();
    String model = candidate.model().name();
    Purse purse = house.purses().of(who, tags, "", candidate.model());
    Instant now = treasury.now();
    Reservation reservation =
        treasury
            .books()
            .reserve(purse.accounts(), Money.ZERO, Money.ZERO, Money.ZERO, now)
            .reservation()
            .orElseThrow(); // nothing is set aside, which is never refused
    CallRecord call =
        new CallRecord(
            now.toEpochMilli(),
            requestId,
            1,
            who.key(),
            who.team(),
            model,
            model,
            candidate.deployment().name(),
            -1);
    boolean unused = treasury.ledger().dispatched(reservation, call); // it was sent long ago
    treasury.books().dispatched(reservation);
    Entry posted = treasury.books().post(reservation, amount, Entry.Source.REPORTED, usage);
    treasury.ledger().ended(reservation, call, posted);
    treasury.meters().settled(Entry.Source.REPORTED, reservation.amount(), posted.amount());
    String tier = candidate.model().tierLabel();
    treasury.posted(purse, tier, posted.amount());
    house.series().spent(who.team(), tier, posted.amount());
  }
}
