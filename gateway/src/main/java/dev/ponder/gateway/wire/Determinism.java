package dev.ponder.gateway.wire;

import java.nio.charset.StandardCharsets;

/** Tells of requests that are to be answered the same way each time. */
public final class Determinism {

  private Determinism() {}

  /**
   * Whether the same request may get the same answer again: it asks for one answer, at temperature
   * 0 or with a seed, and for nothing that is looked up, kept or run at the provider. Vectors are
   * the same in any case.
   */
  public static boolean wanted(RequestView view) {
    boolean alone =
        view.hostedTool() == null
            && !view.webSearch()
            && !view.hasAudio()
            && view.n() == 1
            && view.bestOf() == 1
            && !text(view, "store").equals("true");
    return switch (view.dialect()) {
      case EMBEDDINGS -> true;
      case CHAT, COMPLETIONS, MESSAGES -> alone && (coldest(view) || seeded(view));
      case RESPONSES -> false; // has an id by which it is gone on with
    };
  }

  private static boolean coldest(RequestView view) {
    return text(view, "temperature").matches("-?0(\\.0+)?([eE][-+]?[0-9]+)?");
  }

  private static boolean seeded(RequestView view) {
    String seed = text(view, "seed");
    return !seed.isEmpty() && !seed.equals("null");
  }

  /** A member as it is spelt; empty without it, or if it is a long one. */
  private static String text(RequestView view, String member) {
    int at = view.members().indexOf(member);
    if (at < 0) {
      return "";
    }
    int from = view.valueStart(at);
    int length = view.valueEnd(at) - from;
    return length > 64 ? "" : new String(view.body(), from, length, StandardCharsets.ISO_8859_1);
  }
}
