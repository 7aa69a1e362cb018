package dev.ponder.gateway.stub;

import java.util.ArrayList;
import java.util.List;

/**
 * The events of a stream as a list of parts: single events, and runs of one event for each piece of
 * a text. What an event says is made when it is written, so a long stream takes no memory.
 */
final class EventPlan implements StubEvents {

  /** What an event says. */
  interface Data {

    /**
     * The data of an event.
     *
     * @param piece its number within its run, from 0
     * @param sequence its number within the stream, from 0
     */
    String of(int piece, int sequence);
  }

  private record Part(int first, int count, boolean isText, String name, Data data) {}

  private final StubScript script;
  private final String eol;
  private final Data error;
  private final String errorName;
  private final List<Part> parts = new ArrayList<>();
  private int planned;
  private int errorAt = Integer.MAX_VALUE;

  /**
   * A plan without events.
   *
   * @param errorName the name of an error event; empty where events have no names
   * @param error what an error in the middle says
   */
  EventPlan(StubScript script, String errorName, Data error) {
    this.script = script;
    this.errorName = errorName;
    this.error = error;
    eol = script.lineEnd();
  }

  /** Adds one event; its name is empty where events have none. */
  void one(String name, Data data) {
    add(1, false, name, data);
  }

  /** Adds as many events; with {@code isText} each carries one billed token. */
  void each(int count, boolean isText, String name, Data data) {
    add(count, isText, name, data);
  }

  private void add(int count, boolean isText, String name, Data data) {
    parts.add(new Part(planned, count, isText, name, data));
    planned += count;
  }

  /** Whether the events that end a stream are wanted. */
  boolean closes() {
    return !script.text(Knob.END, "done").equals("clean");
  }

  /** Says that all events are there; one of them may be scripted to be an error. */
  EventPlan done() {
    Cut cut = script.cut(Knob.ERROR_EVENT);
    errorAt = cut == null ? Integer.MAX_VALUE : (int) Math.min(planned, cut.after());
    return this;
  }

  @Override
  public int size() {
    return errorAt == Integer.MAX_VALUE ? planned : errorAt + 1;
  }

  @Override
  public long tokensWithin(int event) {
    int events = Math.min(event, errorAt); // the error in the middle is none of them
    long tokens = 0;
    for (Part part : parts) {
      if (part.isText()) {
        tokens += Math.max(0, Math.min(part.count(), events - part.first()));
      }
    }
    return tokens;
  }

  @Override
  public void append(int event, StringBuilder out) {
    if (script.flag(Knob.COMMENTS) && event % 8 == 0) {
      out.append(": keep-alive").append(eol).append(eol);
    }
    if (event == errorAt) {
      record(errorName, error.of(0, event), out);
      return;
    }
    int at = 0;
    while (event >= parts.get(at).first() + parts.get(at).count()) {
      at++;
    }
    Part part = parts.get(at);
    record(part.name(), part.data().of(event - part.first(), event), out);
  }

  private void record(String name, String data, StringBuilder out) {
    if (!name.isEmpty()) {
      out.append("event: ").append(name).append(eol);
    }
    out.append("data: ").append(data).append(eol).append(eol);
  }
}
