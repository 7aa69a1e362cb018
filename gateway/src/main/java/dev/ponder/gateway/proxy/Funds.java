package dev.ponder.gateway.proxy;

import dev.ponder.budget.Entry;
import dev.ponder.budget.Entry.Source;
import dev.ponder.budget.Reservation;
import dev.ponder.gateway.ledger.CallRecord;
import dev.ponder.gateway.treasury.Purse;
import dev.ponder.gateway.treasury.Treasury;
import dev.ponder.policy.Effort;
import dev.ponder.policy.Model;
import dev.ponder.policy.Outlook;
import dev.ponder.policy.Upstream.On5xx;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The money of one call: set aside before it, settled after it, exactly once.
 *
 * <p>A call that is let go of without being settled stays in the ledger as sent, and is presumed
 * spent at the next start: a forgotten settlement costs too much, never too little.
 */
final class Funds implements Settlement.Call {

  /** An answer that is no longer than this beyond its cap is let through to its end. */
  private static final int TOKENS_OF_GRACE = 16;

  private final Treasury treasury;
  private final Purse purse;
  private final Reservation reservation;
  private final CallRecord call;
  private final Terms terms;
  private final long cap;
  private final Money expected;
  private boolean dispatched;
  private long expectedHidden;
  private @Nullable Entry entry;

  /**
   * Money that was set aside.
   *
   * @param terms what the call may use at most
   * @param cap the limit on the output of each answer, in tokens, whoever set it
   */
  Funds(
      Treasury treasury,
      Purse purse,
      Reservation reservation,
      CallRecord call,
      Terms terms,
      long cap,
      Money expected) {
    this.treasury = treasury;
    this.purse = purse;
    this.reservation = reservation;
    this.call = call;
    this.terms = terms;
    this.cap = cap;
    this.expected = expected;
  }

  Purse purse() {
    return purse;
  }

  /** The request whose call it is. */
  String requestId() {
    return call.requestId();
  }

  Model model() {
    return terms.model();
  }

  /** The reasoning effort to ask for; absent: as the client says. */
  Optional<Effort> effort() {
    return terms.effort();
  }

  /** Whether money limits the call. */
  boolean limited() {
    return terms.limited();
  }

  /** The limit to write into the request, in tokens for each answer; -1: none. */
  long writtenCap() {
    return terms.writes(cap) ? cap : -1;
  }

  /** The limit by which the gateway lets the model write less than its caller does; -1: none. */
  long injectedCap() {
    return terms.caps(cap) ? cap : -1;
  }

  /**
   * The request is about to be written.
   *
   * @return false if it must not be: the ledger cannot keep what becomes of it
   */
  boolean dispatch() {
    if (!treasury.ledger().dispatched(reservation, call) && purse.charges()) {
      return false;
    }
    treasury.books().dispatched(reservation);
    dispatched = true;
    return true;
  }

  boolean dispatched() {
    return dispatched;
  }

  /**
   * The most tokens that an answer within its cap has; {@link Long#MAX_VALUE} where no money
   * depends on the cap.
   */
  long tokensMax() {
    if (!terms.limited() || !(terms.writes(cap) || terms.plain())) {
      return Long.MAX_VALUE;
    }
    long each = Math.min(cap, Integer.MAX_VALUE) + TOKENS_OF_GRACE;
    return each * terms.ceiling().answers() + terms.ceiling().extraOutputTokens();
  }

  /** The answers were seen to be longer than their cap: so many tokens all together. */
  void capBroken(long outputTokens) {
    treasury.capBroken(model().name(), each(outputTokens));
  }

  /** Settles the call; from the second time on it does nothing. Returns what was posted. */
  Entry settle(Ending ending) {
    Entry before = entry;
    if (before != null) {
      return before;
    }
    Settlement settlement = Settlement.of(this, ending);
    Entry posted = post(settlement);
    entry = posted;
    if (ending.dispatched()) {
      treasury.ledger().ended(reservation, call, posted);
      treasury.meters().settled(settlement.source(), reservation.amount(), posted.amount());
      treasury.posted(purse, model().tierLabel(), posted.amount());
      if (ending.usage() != null) {
        learn(ending.usage());
      }
    }
    return posted;
  }

  /** How many hidden tokens were expected of the answers; 0 until their usage is known. */
  long expectedHidden() {
    return expectedHidden;
  }

  /** What was posted; null before the end. */
  @Nullable Entry entry() {
    return entry;
  }

  private Entry post(Settlement settlement) {
    return switch (settlement.source()) {
      case NONE -> treasury.books().release(reservation);
      case PRESUMED ->
          settlement.amount().equals(reservation.amount())
              ? treasury.books().presume(reservation)
              : treasury
                  .books()
                  .post(reservation, settlement.amount(), Source.PRESUMED, settlement.usage());
      default ->
          treasury
              .books()
              .post(reservation, settlement.amount(), settlement.source(), settlement.usage());
    };
  }

  /** Every answer of several is taken for as long as the others. */
  private long each(long outputTokens) {
    int answers = terms.ceiling().answers();
    return (outputTokens + answers - 1) / answers;
  }

  private void learn(Usage usage) {
    if (terms.most() == 0) {
      return; // an answer without words says nothing about others
    }
    long each = each(terms.covered(usage));
    terms.tracker().learn(each, cap);
    long hidden = each(usage.reasoningTokens());
    long visible = Math.max(0, each(usage.outputTokens()) - hidden);
    Outlook.Forecast forecast = terms.forecast();
    expectedHidden = terms.correction().hidden(forecast.hidden()) * terms.ceiling().answers();
    terms.correction().learn(forecast.visible(), visible, forecast.hidden(), hidden);
    if (terms.brokenBy(usage, cap)) {
      capBroken(usage.outputTokens());
    }
    if (injectedCap() >= 0 && each >= cap) {
      treasury.meters().truncated(model().name());
    }
  }

  @Override
  public Money reserved() {
    return reservation.amount();
  }

  @Override
  public Money expected() {
    return expected;
  }

  @Override
  public Money priceOf(Usage usage) {
    return model().price().of(usage);
  }

  @Override
  public boolean reasoning() {
    return model().reasoning();
  }

  @Override
  public boolean hard() {
    return purse.hard();
  }

  @Override
  public On5xx on5xx() {
    return terms.on5xx();
  }

  @Override
  public long requestBytes() {
    return terms.requestBytes();
  }
}
