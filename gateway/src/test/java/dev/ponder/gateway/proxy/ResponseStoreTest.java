package dev.ponder.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.budget.Entry;
import dev.ponder.gateway.ledger.CallRecord;
import dev.ponder.gateway.ledger.MemoryLedger;
import dev.ponder.gateway.telemetry.Meters;
import dev.ponder.gateway.treasury.Purse;
import dev.ponder.gateway.treasury.Purses;
import dev.ponder.gateway.treasury.Treasury;
import dev.ponder.policy.Capabilities;
import dev.ponder.policy.Ceiling;
import dev.ponder.policy.Deployment;
import dev.ponder.policy.Model;
import dev.ponder.policy.Outlook;
import dev.ponder.policy.OutputTracker;
import dev.ponder.policy.PolicySet;
import dev.ponder.policy.Principal;
import dev.ponder.policy.Timeouts;
import dev.ponder.policy.TokenCorrection;
import dev.ponder.policy.Upstream;
import dev.ponder.policy.Upstream.On5xx;
import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long the bill of an answer that is made in the background stays open. */
class ResponseStoreTest {

  private static final ModelPrice PRICE =
      ModelPrice.of(Money.ofNanos(1_000_000_000L), Money.ofNanos(4_000_000_000L));

  private static final Money WANT = Money.ofNanos(9_000_000);
  private static final Money EXPECTED = Money.ofNanos(2_000_000);
  private static final long HOUR = Duration.ofHours(1).toNanos();

  /** Such clocks may begin anywhere. */
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - HOUR / 2);

  private final ResponseStore store = new ResponseStore(nanos::get);

  private final Treasury treasury =
      new Treasury(
          new MemoryLedger(), Clock.systemUTC(), new Meters(new PrometheusRegistry()).budgets());

  private Funds sent() {
    Upstream upstream =
        new Upstream(
            "u",
            Upstream.Provider.OPENAI,
            URI.create("http://localhost"),
            Optional.empty(),
            Timeouts.DEFAULT,
            1,
            On5xx.VOID);
    Model model =
        new Model(
            "m",
            List.of(new Deployment(upstream, "m")),
            false,
            PRICE,
            new Capabilities(true, true, 0, 0, "", Set.of(), true, 0, 0, 64, Set.of()));
    Purse purse = new Purses(treasury, new PolicySet(List.of())).of(Principal.ANONYMOUS, Map.of());
    var now = treasury.now();
    var reservation =
        treasury.books().reserve(List.of(), WANT, WANT, EXPECTED, now).reservation().orElseThrow();
    Terms terms =
        new Terms(
            model,
            Optional.empty(),
            new Ceiling(PRICE, 10, 1, 0),
            -1,
            0,
            0,
            0,
            false,
            true,
            true,
            false,
            new OutputTracker(100, 1000),
            new TokenCorrection(),
            new Outlook.Forecast(10, 0),
            On5xx.VOID,
            100);
    CallRecord call = new CallRecord(now.toEpochMilli(), "r", 1, "k", "t", "m", "m", "u/m", -1);
    Funds funds = new Funds(treasury, purse, reservation, call, terms, 100, EXPECTED);
    assertThat(funds.dispatch()).isTrue();
    return funds;
  }

  @Test
  void sweep_afterAnHour_settlesWhatNobodyAskedFor() {
    Funds first = sent();
    Funds second = sent();
    assertThat(store.park("resp_1", first)).isTrue();
    nanos.addAndGet(HOUR / 2);
    store.sweep();
    assertThat(first.entry()).isNull();
    assertThat(store.park("resp_2", second)).isTrue();
    nanos.addAndGet(HOUR / 2);
    store.sweep(); // an hour to the nanosecond
    assertThat(first.entry()).isNull();
    nanos.incrementAndGet();
    store.sweep();
    Entry posted = Objects.requireNonNull(first.entry());
    assertThat(posted.source()).isEqualTo(Entry.Source.ESTIMATED);
    assertThat(posted.amount()).isEqualTo(EXPECTED);
    assertThat(second.entry()).isNull();
    assertThat(store.settle("resp_1", null)).as("once").isNull();
    assertThat(store.settle("resp_2", null)).isSameAs(second);
  }

  @Test
  void unpark_givesBackOnce_andOnlyToWhoKeptIt() {
    Funds mine = sent();
    Funds other = sent();
    assertThat(store.park("resp_1", mine)).isTrue();
    assertThat(store.park("resp_1", other)).as("one bill has the name").isFalse();
    assertThat(store.unpark("resp_1", other)).isFalse();
    assertThat(store.unpark("resp_1", mine)).isTrue();
    assertThat(store.unpark("resp_1", mine)).isFalse();
    nanos.addAndGet(2 * HOUR);
    store.sweep();
    assertThat(mine.entry()).isNull();
  }
}
