package dev.ponder.pacing;

import dev.ponder.budget.Account;
import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Balance;
import dev.ponder.budget.Books;
import dev.ponder.budget.Budget;
import dev.ponder.budget.Entry;
import dev.ponder.budget.Reservation;
import dev.ponder.policy.CapChoice;
import dev.ponder.policy.OutputTracker;
import dev.ponder.policy.OutputTrackers;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * One day of requests decided by a {@link Pacer} and paid from {@link Books}, as the gateway would:
 * reserve what the cap allows, then settle what was used when the answer is complete, at 80 tokens
 * per second. An answer that needs more than its cap costs the cap and loses 0.05.
 */
final class PacedDay {

  /** A Monday without a change of the clocks, so that seconds since midnight are what they say. */
  static final LocalDate DATE = LocalDate.of(2026, 11, 23);

  static final ZoneId ZONE = ZoneId.of("Europe/Berlin");

  private static final double TOKENS_PER_SECOND = 80;
  private static final double CUT = -.05;

  private final Books books = new Books(1);
  private final Account account;
  private final PriorityQueue<Call> running =
      new PriorityQueue<>(Comparator.comparingDouble(Call::done));
  private final Day day;
  private final List<Predictor.Prediction> predicted;
  private final Money limit;

  private final Caps caps;
  private final OutputTracker[] trackers = new OutputTracker[OutputTrackers.BANDS];

  private double gain;
  private int escalated;
  private int cut;

  /** Which cap a call gets. */
  enum Caps {
    /** The 99th percentile of tokens in earlier days, by score. */
    FROM_HISTORY,
    /** 1.1 × what a tracker of its score band has learnt since the morning. */
    TRACKED
  }

  /** What came of a day. */
  record Outcome(double gain, double spentShare, int escalated, int cut) {}

  private record Call(double done, Reservation reservation, Money cost) {}

  /**
   * A day that has not begun.
   *
   * @param caps which cap a call gets
   */
  PacedDay(Day day, List<Predictor.Prediction> predicted, double limitUsd, Caps caps) {
    this.caps = caps;
    this.day = day;
    this.predicted = predicted;
    this.limit = money(limitUsd);
    AccountKey key = new AccountKey("reasoning", Budget.Each.ALL, "");
    Budget budget = new Budget(limit, Budget.Window.DAY, ZONE, Budget.Each.ALL);
    this.account = books.account(key, budget, true);
  }

  /** The instant of a time of day, some days before the day of the simulation. */
  static Instant instant(int daysBefore, double second) {
    Instant midnight = DATE.minusDays(daysBefore).atStartOfDay(ZONE).toInstant();
    return midnight.plusNanos((long) (second * 1e9));
  }

  /** Lets a pacer see a day that is past, with the price it would have had. */
  static void liveThrough(
      Pacer pacer, int daysBefore, Day day, List<Predictor.Prediction> predicted) {
    for (int i = 0; i < predicted.size(); i++) {
      Instant now = instant(daysBefore, day.requests().get(i).second());
      Predictor.Prediction prediction = predicted.get(i);
      pacer.arrived(now, prediction.gain(), money(prediction.costUsd()), Money.ZERO);
    }
  }

  Outcome run(Pacer pacer) {
    for (int i = 0; i < predicted.size(); i++) {
      Day.Request request = day.requests().get(i);
      Predictor.Prediction prediction = predicted.get(i);
      settleUntil(request.second());
      Instant now = instant(0, request.second());
      Money extra = money(prediction.costUsd());
      pacer.arrived(now, prediction.gain(), extra, Money.ZERO);
      Balance balance = books.balance(account, now);
      Money left = limit.minus(balance.posted()).minus(balance.expected());
      double price = pacer.shadowPrice(now, balance.period(), left);
      if (prediction.gain() > 0 && prediction.gain() > price * prediction.costUsd()) {
        escalate(request, prediction, now);
      }
    }
    settleUntil(Double.MAX_VALUE);
    Balance end = books.balance(account, instant(0, 86_399));
    return new Outcome(
        gain, (double) end.posted().nanos() / (double) limit.nanos(), escalated, cut);
  }

  private void escalate(Day.Request request, Predictor.Prediction prediction, Instant now) {
    double cap = prediction.capTokens();
    OutputTracker tracker = tracker(request, prediction);
    if (caps == Caps.TRACKED) {
      double tracked = Math.ceil(1.1 * tracker.quantile());
      cap = Math.min(Day.MAX_TOKENS, Math.max(CapChoice.LEAST_TOKENS_REASONING, tracked));
    }
    Money most = money(cap * Predictor.PRICE);
    Money expected = money(prediction.costUsd());
    Books.Admission admission = books.reserve(List.of(account), most, most, expected, now);
    if (admission.reservation().isEmpty()) {
      return;
    }
    Reservation reservation = admission.reservation().get();
    books.dispatched(reservation);
    double used = Math.min(request.tokens(), cap);
    tracker.learn((long) used, (long) cap);
    escalated++;
    cut += request.tokens() > cap ? 1 : 0;
    gain += gain(request, cap);
    double done = request.second() + 1 + used / TOKENS_PER_SECOND;
    running.add(new Call(done, reservation, money(used * Predictor.PRICE)));
  }

  /** Of scores from -1 to 4, which few are outside of. */
  private OutputTracker tracker(Day.Request request, Predictor.Prediction prediction) {
    int band = OutputTrackers.band((request.score() + 1) / 5);
    if (trackers[band] == null) {
      long expected = (long) (prediction.costUsd() / Predictor.PRICE);
      trackers[band] = new OutputTracker(Math.round(5.5 * expected), (long) Day.MAX_TOKENS);
    }
    return trackers[band];
  }

  private static double gain(Day.Request request, double cap) {
    return request.tokens() > cap ? CUT : request.gain();
  }

  private void settleUntil(double second) {
    for (Call next = running.peek(); next != null && next.done() <= second; next = running.peek()) {
      running.remove();
      books.post(next.reservation(), next.cost(), Entry.Source.REPORTED, Usage.NONE);
    }
  }

  /**
   * What the same predictions buy in hindsight: the best ratios first, until the real costs have
   * used up the money.
   */
  static double hindsight(Day day, List<Predictor.Prediction> predicted, double limitUsd) {
    List<Integer> best =
        IntStream.range(0, predicted.size())
            .filter(i -> predicted.get(i).gain() > 0)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -ratio(predicted.get(i))))
            .toList();
    double left = limitUsd;
    double gain = 0;
    for (int i : best) {
      Day.Request request = day.requests().get(i);
      left -= Math.min(request.tokens(), predicted.get(i).capTokens()) * Predictor.PRICE;
      if (left <= 0) {
        break;
      }
      gain += gain(request, predicted.get(i).capTokens());
    }
    return gain;
  }

  private static double ratio(Predictor.Prediction prediction) {
    return prediction.gain() / prediction.costUsd();
  }

  private static Money money(double usd) {
    return Money.ofNanos((long) (usd * 1e9));
  }
}
