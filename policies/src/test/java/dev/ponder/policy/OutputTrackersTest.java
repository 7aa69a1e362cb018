package dev.ponder.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OutputTrackersTest {

  private final OutputTrackers trackers = new OutputTrackers();

  @Test
  void tracker_sameKind_isTheSame() {
    OutputTracker first = trackers.tracker(model("a", 9_000), 3, Optional.empty(), 5_500);

    assertThat(first.quantile()).isEqualTo(5_500);
    assertThat(trackers.tracker(model("a", 9_000), 3, Optional.empty(), 7)).isSameAs(first);
    assertThat(trackers.tracker(model("b", 9_000), 3, Optional.empty(), 7)).isNotSameAs(first);
    assertThat(trackers.tracker(model("a", 8_000), 3, Optional.empty(), 7)).isNotSameAs(first);
    assertThat(trackers.tracker(model("a", 9_000), 4, Optional.empty(), 7)).isNotSameAs(first);
    assertThat(trackers.tracker(model("a", 9_000), 3, Optional.of(Effort.NONE), 7))
        .isNotSameAs(first);
  }

  @Test
  void tracker_manyKinds_forgetsTheOldest() {
    OutputTracker kept = trackers.tracker(model("kept", 0), 0, Optional.empty(), 1);
    OutputTracker lost = trackers.tracker(model("lost", 0), 0, Optional.empty(), 1);
    for (int i = 0; i < OutputTrackers.TRACKERS_MAX; i++) {
      trackers.tracker(model("m" + i, 0), 0, Optional.empty(), 1);
      trackers.tracker(model("kept", 0), 0, Optional.empty(), 1);
    }
    assertThat(trackers.size()).isEqualTo(OutputTrackers.TRACKERS_MAX);
    assertThat(trackers.tracker(model("kept", 0), 0, Optional.empty(), 1)).isSameAs(kept);
    assertThat(trackers.tracker(model("lost", 0), 0, Optional.empty(), 1)).isNotSameAs(lost);
  }

  @Test
  void band_score_isOneOfEight() {
    assertThat(OutputTrackers.band(0)).isZero();
    assertThat(OutputTrackers.band(0.124)).isZero();
    assertThat(OutputTrackers.band(0.125)).isEqualTo(1);
    assertThat(OutputTrackers.band(1)).isEqualTo(7);
    assertThatThrownBy(() -> trackers.tracker(model("a", 0), 8, Optional.empty(), 1))
        .hasMessageContaining("band: 8");
  }

  private static Model model(String name, int maxOutput) {
    Upstream upstream =
        new Upstream(
            "u",
            Upstream.Provider.OPENAI,
            URI.create("http://localhost"),
            Optional.empty(),
            Timeouts.DEFAULT,
            1,
            Upstream.On5xx.VOID);
    return new Model(
        name,
        List.of(new Deployment(upstream, name)),
        true,
        ModelPrice.of(Money.ZERO, Money.ZERO),
        new Capabilities(true, true, 0, maxOutput, "", Set.of(), true, 0, 0));
  }
}
