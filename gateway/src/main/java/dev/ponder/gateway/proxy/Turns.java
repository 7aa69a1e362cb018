package dev.ponder.gateway.proxy;

import dev.ponder.gateway.upstream.DeploymentState;
import dev.ponder.policy.Candidate;
import dev.ponder.policy.Resilience.Retries;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is: the deployments that one request is sent to, one after another.
 *
 * <p>Of the deployments of one model, the one with the fewest running calls is asked, of those with
 * equally many the first of the file. Who is out of rotation is passed over; where all are, the one
 * that is back soonest is asked all the same, once: a request never fails without a call. Nobody is
 * asked again as long as there is somebody who was not asked yet.
 */
final class Turns {

  /** What a retry waits at most, at first; it doubles from one to the next. */
  private static final long BACK_OFF_NANOS = 500_000_000L;

  /** Asking a full upstream means waiting: one with room comes first, however much it does. */
  private static final int FULL = 1_000_000;

  /** What became of asking a deployment. */
  private enum Mark {
    UNASKED,
    MAY_ASK_AGAIN,
    DONE
  }

  private final List<Candidate> candidates;
  private final Function<Candidate, DeploymentState> states;
  private final DoubleSupplier dice;
  private final boolean once;
  private final long patientUntilNanos;
  private final Mark[] marks;
  private int given;
  private int retries;

  /**
   * A turn.
   *
   * @param candidate whose it is
   * @param again whether it was asked before
   * @param anyway whether it is asked though it is out of rotation
   * @param waitNanos how long to wait before
   */
  record Turn(Candidate candidate, boolean again, boolean anyway, long waitNanos) {}

  /**
   * The turns of a request.
   *
   * @param states what is known of each candidate's deployment
   * @param dice 0 to 1, evenly
   * @param once whether no deployment may be asked twice, because the caller asks again by itself
   */
  Turns(
      List<Candidate> candidates,
      Function<Candidate, DeploymentState> states,
      DoubleSupplier dice,
      boolean once,
      long nowNanos) {
    this.candidates = candidates;
    this.states = states;
    this.dice = dice;
    this.once = once;
    this.patientUntilNanos =
        nowNanos + candidates.get(0).deployment().upstream().timeouts().firstByte().toNanos();
    this.marks = new Mark[candidates.size()];
    Arrays.fill(marks, Mark.UNASKED);
  }

  /** Who would be asked first. */
  static Candidate first(
      List<Candidate> candidates, Function<Candidate, DeploymentState> states, long nowNanos) {
    if (candidates.size() == 1) {
      return candidates.get(0);
    }
    int index = best(candidates, states, null, nowNanos);
    return candidates.get(index >= 0 ? index : soonestBack(candidates, states, null, nowNanos));
  }

  /** Statuses that another deployment may not answer with; a wrong request is wrong everywhere. */
  static boolean mayBeBetterElsewhere(int status) {
    return status == 408 || status == 429 || status >= 500;
  }

  /** The first turn: of the one who was chosen, and for whom there is money. */
  Turn begin(Candidate chosen, long nowNanos) {
    marks[candidates.indexOf(chosen)] = Mark.DONE;
    given++;
    return new Turn(chosen, false, !states.apply(chosen).inRotation(nowNanos), 0);
  }

  /**
   * The next one who was not asked yet; null if there is none. A request that nobody was asked for
   * gets somebody in any case.
   *
   * @param called how many calls were made
   */
  @Nullable Turn next(int called, long nowNanos) {
    int index = best(candidates, states, marks, nowNanos);
    boolean anyway = index < 0 && called == 0;
    if (anyway) {
      index = soonestBack(candidates, states, marks, nowNanos);
    }
    if (index < 0) {
      return null;
    }
    marks[index] = Mark.DONE;
    given++;
    return new Turn(candidates.get(index), false, anyway, 0);
  }

  /** Whether anybody is left who was not asked. */
  boolean anyLeft() {
    return given < candidates.size();
  }

  /** This one failed in a way that may be over soon: it may be asked again. */
  void mayAskAgain(Candidate failed) {
    marks[candidates.indexOf(failed)] = Mark.MAY_ASK_AGAIN;
  }

  /** This one failed for good, as far as the request goes. */
  void leave(Candidate failed) {
    marks[candidates.indexOf(failed)] = Mark.DONE;
  }

  /**
   * One who is asked once more, after a wait; null if nobody may be. Takes it from the budget of
   * the upstream.
   */
  @Nullable Turn again(long nowNanos) {
    if (once) {
      return null;
    }
    int index = -1;
    long soonest = Long.MAX_VALUE;
    for (int i = 0; i < marks.length; i++) {
      if (marks[i] == Mark.MAY_ASK_AGAIN) {
        long back = states.apply(candidates.get(i)).retryInNanos(nowNanos);
        if (back >= 0 && back < soonest) {
          index = i;
          soonest = back;
        }
      }
    }
    if (index < 0) {
      return null;
    }
    DeploymentState state = states.apply(candidates.get(index));
    Retries settings = state.resilience().retries();
    long jitter = (long) (dice.getAsDouble() * (BACK_OFF_NANOS << Math.min(retries, 10)));
    long most = Math.min(settings.longestWait().toNanos(), patientUntilNanos - nowNanos);
    long wait = Math.min(soonest + jitter, most);
    if (retries >= settings.max() || soonest > wait || !state.takeRetry(nowNanos)) {
      return null;
    }
    retries++;
    marks[index] = Mark.DONE;
    return new Turn(candidates.get(index), true, false, wait);
  }

  /** The least busy one of the first model that has any in rotation; -1 if nobody is. */
  private static int best(
      List<Candidate> candidates,
      Function<Candidate, DeploymentState> states,
      Mark @Nullable [] marks,
      long nowNanos) {
    int best = -1;
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < candidates.size(); i++) {
      Candidate candidate = candidates.get(i);
      if (best >= 0 && !sameModel(candidate, candidates.get(best))) {
        return best;
      }
      DeploymentState state = states.apply(candidate);
      if ((marks == null || marks[i] == Mark.UNASKED) && state.inRotation(nowNanos)) {
        int busy = state.running() + (state.hasRoom() ? 0 : FULL);
        if (busy < least) {
          best = i;
          least = busy;
        }
      }
    }
    return best;
  }

  private static boolean sameModel(Candidate one, Candidate other) {
    return one.model().name().equals(other.model().name());
  }

  private static int soonestBack(
      List<Candidate> candidates,
      Function<Candidate, DeploymentState> states,
      Mark @Nullable [] marks,
      long nowNanos) {
    int best = -1;
    long soonest = Long.MAX_VALUE;
    for (int i = 0; i < candidates.size(); i++) {
      long back = states.apply(candidates.get(i)).backInNanos(nowNanos);
      if ((marks == null || marks[i] == Mark.UNASKED) && back < soonest) {
        best = i;
        soonest = back;
      }
    }
    return best;
  }
}
