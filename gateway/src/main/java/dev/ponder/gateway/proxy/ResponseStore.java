package dev.ponder.gateway.proxy;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ponder.gateway.proxy.Weigher.Reading;
import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.RequestView;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Principal;
import dev.ponder.policy.Router;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of answers of the Responses API: which deployment keeps one, or can read its
 * encrypted thoughts; whose it is; and what is still to be paid for one that is being made in the
 * background. Bounded, limited in time, and safe for many threads.
 */
public final class ResponseStore {

  private static final int KEPT_MAX = 50_000;

  /** As long as OpenAI keeps an answer. */
  private static final Duration KEPT = Duration.ofDays(30);

  private static final int BILLS_MAX = 10_000;

  /** Whoever has not asked for an answer by then will hardly do so. */
  private static final long BILL_NANOS = Duration.ofHours(1).toNanos();

  private final Cache<String, Owner> answers = cache();
  private final Cache<String, Owner> thoughts = cache();
  private final Map<String, Bill> bills = new ConcurrentHashMap<>();
  private final LongSupplier nanos;

  /** A store with this clock, in nanoseconds. */
  public ResponseStore(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /**
   * Whose an answer is, and where it is kept.
   *
   * @param deployment by the name that a request may use
   */
  record Owner(String key, String team, String deployment) {

    /** Whether this caller may know of it: who asked, or somebody of the same team. */
    boolean isFor(Principal who) {
      return key.equals(who.key()) || (!team.isEmpty() && team.equals(who.team()));
    }
  }

  private record Bill(Funds funds, long sinceNanos) {}

  private static Cache<String, Owner> cache() {
    return Caffeine.newBuilder().maximumSize(KEPT_MAX).expireAfterWrite(KEPT).build();
  }

  /**
   * An answer, or the beginning of one, came.
   *
   * @param id what it is called; null if that is not known
   * @param encrypted the fingerprints of its encrypted thoughts
   */
  void keep(ExchangeRecord record, @Nullable String id, List<String> encrypted) {
    Candidate by = record.answeredBy;
    Weighed known = record.weighed;
    if (by == null || known == null) {
      return;
    }
    Principal who = record.principal;
    Owner owner = new Owner(who.key(), who.team(), by.deployment().name());
    if (id != null) {
      answers.put(id, owner);
      if (known.conversation() != null) {
        answers.put(known.conversation(), owner);
      }
    }
    encrypted.forEach(thought -> thoughts.put(thought, owner));
  }

  /** Whose the answer or conversation is; null if nobody's that is known. */
  @Nullable Owner owner(String id) {
    return answers.getIfPresent(id);
  }

  /** The answer was deleted where it was kept; nobody will ever tell what it cost. */
  void forget(String id) {
    answers.invalidate(id);
    settle(id, null);
  }

  /**
   * The request as it goes on with what one deployment keeps, or alone can read.
   *
   * @throws ApiError 400 if it names an answer or a conversation of somebody else
   */
  Weighed pin(Reading reading, Principal who) {
    RequestView view = reading.view();
    Weighed weighed = reading.weighed();
    Owner owner = named(view.previousResponse(), "previous_response_id", who);
    if (owner == null) {
      owner = named(view.conversation(), "conversation", who);
    }
    String thought = view.thought();
    if (owner == null && thought != null) {
      owner = thoughts.getIfPresent(thought);
    }
    if (owner == null) {
      return weighed;
    }
    return Router.keep(weighed.target(), weighed.decision(), owner.deployment())
        .map(weighed::with)
        .orElse(weighed);
  }

  private @Nullable Owner named(@Nullable String id, String param, Principal who) {
    Owner owner = id == null ? null : owner(id);
    if (owner != null && !owner.isFor(who)) {
      throw ApiError.previousResponseNotFound(param);
    }
    return owner;
  }

  /** Where an answer is kept, if it is configured still. */
  static Optional<Candidate> candidate(Router router, Owner owner) {
    return router
        .find(owner.deployment())
        .flatMap(
            target ->
                target.tiers().stream()
                    .flatMap(List::stream)
                    .filter(c -> c.deployment().name().equals(owner.deployment()))
                    .findFirst());
  }

  /**
   * Keeps the money of an answer that is being made in the background.
   *
   * @return false if too many are, so that it has to be settled at once
   */
  boolean park(String id, Funds funds) {
    if (bills.size() >= BILLS_MAX) {
      return false;
    }
    return bills.putIfAbsent(id, new Bill(funds, nanos.getAsLong())) == null;
  }

  /**
   * Gives the money back to whoever kept it: the answer's end came to them.
   *
   * @return false if it is not kept, because somebody who asked has settled it
   */
  boolean unpark(String id, Funds funds) {
    Bill bill = bills.get(id);
    return bill != null && bill.funds() == funds && bills.remove(id, bill);
  }

  /**
   * An answer that was made in the background is complete: it is settled, once.
   *
   * @param billed what it used; null if nobody says: then all that was set aside is spent
   * @return what it was paid out of, settled by this; null if it was settled before
   */
  @Nullable Funds settle(String id, @Nullable Billed billed) {
    Bill bill = bills.remove(id);
    if (bill == null) {
      return null;
    }
    bill.funds().settle(Ending.of(true, 200, billed, billed != null, true, 0));
    return bill.funds();
  }

  /** Settles what nobody has asked for in time. */
  public void sweep() {
    long now = nanos.getAsLong();
    bills.forEach(
        (id, bill) -> {
          if (now - bill.sinceNanos() > BILL_NANOS) {
            settle(id, null);
          }
        });
  }
}
