package dev.ponder.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Budget.Each;
import dev.ponder.policy.ShareWindows.Limit;
import dev.ponder.policy.ShareWindows.Recent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How many of its recent requests a caller has had reasoned about, and may have. */
class ShareWindowsTest {

  private static final AccountKey OWN = new AccountKey("_caller", Each.KEY, "ci");
  private static final AccountKey OWNER = new AccountKey("fair", Each.KEY, "ci");

  private final ShareWindows windows = new ShareWindows();

  private static List<Limit> limit(double share) {
    return List.of(new Limit(OWNER, new ShareLimit(share, Each.KEY).requests()));
  }

  private Recent of(AccountKey owner) {
    return windows.recent().stream().filter(r -> r.owner().equals(owner)).findFirst().orElseThrow();
  }

  @Test
  void admit_beyondTheShare_isRefused() {
    for (int i = 0; i < 60; i++) {
      assertThat(windows.admit(OWN, limit(.3), false)).as("request " + i).isNull();
    }
    assertThat(windows.admit(OWN, limit(.3), false)).isEqualTo(limit(.3).get(0));
    assertThat(of(OWNER)).isEqualTo(new Recent(OWNER, 61, 60));
    assertThat(of(OWN).share()).isEqualTo(60 / 61.0);
  }

  @Test
  void admit_nowAndThen_isNeverRefused() {
    for (int i = 0; i < 2_000; i++) {
      if (i % 4 == 0) {
        assertThat(windows.admit(OWN, limit(.25), false)).as("request " + i).isNull();
      } else {
        windows.plain(OWN, limit(.25));
      }
    }
    assertThat(of(OWNER)).isEqualTo(new Recent(OWNER, 200, 50));
  }

  @Test
  void admit_always_getsItsShare() {
    int passed = 0;
    for (int i = 0; i < 2_000; i++) {
      passed += windows.admit(OWN, limit(.3), false) == null ? 1 : 0;
    }
    assertThat(passed).isEqualTo(600);
  }

  /** Against a list of what was really asked: no window of 200 is over the limit. */
  @Test
  void admit_anyOrder_holdsInEveryWindow() {
    Random dice = new Random(5);
    Deque<Boolean> last = new ArrayDeque<>();
    for (int i = 0; i < 20_000; i++) {
      boolean wants = dice.nextDouble() < (i / 500 % 2 == 0 ? .9 : .05);
      boolean got = wants && windows.admit(OWN, limit(.1), false) == null;
      if (!wants) {
        windows.plain(OWN, limit(.1));
      }
      last.add(got);
      if (last.size() > 200) {
        last.remove();
      }
      int reasoned = (int) last.stream().filter(b -> b).count();
      assertThat(reasoned).isLessThanOrEqualTo(20);
      assertThat(of(OWNER)).isEqualTo(new Recent(OWNER, last.size(), reasoned));
      assertThat(windows.broken(limit(.1)) != null).isEqualTo(full(last, reasoned));
    }
  }

  private static boolean full(Deque<Boolean> last, int reasoned) {
    boolean leaves = last.size() == 200 && last.peek();
    return reasoned + 1 - (leaves ? 1 : 0) > 20;
  }

  @Test
  void admit_pinned_isCountedAndTold() {
    for (int i = 0; i < 100; i++) {
      windows.admit(OWN, limit(.1), true);
    }
    assertThat(of(OWNER).reasoned()).isEqualTo(100);
    assertThat(windows.broken(limit(.1))).isNotNull();
    for (int i = 0; i < 179; i++) {
      windows.plain(OWN, limit(.1));
    }
    assertThat(windows.broken(limit(.1))).as("21 of the pinned ones are remembered").isNotNull();
    windows.plain(OWN, limit(.1));
    assertThat(windows.broken(limit(.1))).isNull();
  }

  @Test
  void admit_severalLimits_theFirstBrokenIsTold() {
    AccountKey team = new AccountKey("teams", Each.TEAM, "web");
    List<Limit> both = List.of(new Limit(OWNER, 60), new Limit(team, 2));
    windows.admit(OWN, both, false);
    windows.admit(OWN, both, false);

    assertThat(windows.admit(OWN, both, false)).isEqualTo(new Limit(team, 2));
    assertThat(of(OWNER)).as("all count the same").isEqualTo(new Recent(OWNER, 3, 2));
  }

  @Test
  void requests_ofAShare() {
    List<Integer> requests = new ArrayList<>();
    for (double share : new double[] {0, .001, .01, .29, .3, 1}) {
      requests.add(new ShareLimit(share, Each.ALL).requests());
    }
    assertThat(requests).containsExactly(0, 1, 2, 58, 60, 200);
  }
}
