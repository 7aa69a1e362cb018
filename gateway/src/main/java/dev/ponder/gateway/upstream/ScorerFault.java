package dev.ponder.gateway.upstream;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Why a scorer of the user's own gave no score: the label {@code reason}. */
public enum ScorerFault {
  /** No answer in time. */
  TIMEOUT,
  /** No connection, or one that broke. */
  CONNECT,
  /** Another status than 200. */
  STATUS,
  /** Not JSON, or no {@code score} from 0 to 1 in it. */
  BAD_ANSWER,
  /** An answer of more than 64 KiB. */
  TOO_LARGE,
  /** As many questions as there may be at a time are waiting: it was not asked. */
  BUSY,
  /** It failed several times in a row: it was not asked, to lose no time. */
  PAUSED;

  private final String label = name().toLowerCase(Locale.ROOT);

  public String label() {
    return label;
  }

  /** All labels. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(ScorerFault::label).toList();
  }
}
