package dev.ponder.gateway.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Edits to a request's top-level members that leave every other byte as the client sent it: key
 * order, white space, escapes and long integers decide prompt-cache hits and must survive.
 *
 * <p>It always starts from the original bytes, so that each attempt makes its own. Later edits of a
 * member win over earlier ones. A member is known by the name it has after {@link #rename}.
 */
public final class JsonSplice {

  /** Takes the edited body piece by piece. */
  @FunctionalInterface
  public interface SegmentConsumer {

    /** Takes {@code bytes[from..to)}, which may be a part of the client's own body. */
    void segment(byte[] bytes, int from, int to);
  }

  /** Other bytes for a stretch of the body, which is empty where something is put in. */
  private static final class Edit {
    final int from;
    final int to;
    final byte[] replacement;

    Edit(int from, int to, byte[] replacement) {
      this.from = from;
      this.to = to;
      this.replacement = replacement;
    }
  }

  private static final byte[] NOTHING = {};
  private static final byte[] SYSTEM = JsonCursor.ascii("\"system\"");

  /** The names by which upstreams know the limit of the output. */
  private static final Set<String> CAPS =
      Set.of("max_tokens", "max_completion_tokens", "max_output_tokens");

  private final RequestView view;
  private final List<String> names;
  private final boolean[] removed;
  private final byte[] @Nullable [] values;
  private final Map<String, byte[]> appended = new LinkedHashMap<>();
  private boolean includeUsage;
  private @Nullable String effortMember;
  private String effort = "";
  private boolean developerToSystem;
  private @Nullable String capParam;
  private byte[] capValue = NOTHING;
  private @Nullable List<Edit> edits;

  private JsonSplice(RequestView view) {
    this.view = view;
    this.names = new ArrayList<>(view.members());
    this.removed = new boolean[names.size()];
    this.values = new byte[names.size()][];
  }

  public static JsonSplice of(RequestView view) {
    return new JsonSplice(view);
  }

  /**
   * Replaces a member's value, or appends the member.
   *
   * @param jsonValue JSON, taken as it is
   */
  public JsonSplice set(String member, String jsonValue) {
    edits = null;
    byte[] value = jsonValue.getBytes(StandardCharsets.UTF_8);
    int index = names.indexOf(member);
    if (index < 0) {
      appended.put(member, value);
    } else {
      removed[index] = false;
      values[index] = value;
    }
    return this;
  }

  /** Takes a member out, comma and all; nothing happens when there is none. */
  public JsonSplice remove(String member) {
    edits = null;
    int index = names.indexOf(member);
    if (index >= 0) {
      removed[index] = true;
      values[index] = null;
    }
    appended.remove(member);
    return this;
  }

  /**
   * Gives a member another name; nothing happens when there is none.
   *
   * @throws IllegalArgumentException when the new name is taken
   */
  public JsonSplice rename(String member, String newName) {
    edits = null;
    int taken = names.indexOf(newName);
    if ((taken >= 0 && !removed[taken]) || appended.containsKey(newName)) {
      throw new IllegalArgumentException("newName: " + newName + " (expected: a free name)");
    }
    int index = names.indexOf(member);
    if (index >= 0 && !removed[index]) {
      if (taken >= 0) {
        // The member that was removed must not be found under this name again.
        names.set(taken, "");
      }
      names.set(index, newName);
    } else {
      byte[] value = appended.remove(member);
      if (value != null) {
        appended.put(newName, value);
      }
    }
    return this;
  }

  /** Asks for the usage at the end of the stream, whatever else the options say. */
  public JsonSplice includeUsage() {
    edits = null;
    int index = names.indexOf("stream_options");
    boolean asSent = index >= 0 && !removed[index] && values[index] == null;
    if (asSent && view.scalars().options.at >= 0) {
      includeUsage = true;
      return this;
    }
    return set("stream_options", "{\"include_usage\":true}");
  }

  /**
   * Asks for an effort that is said inside another member, whatever else that says.
   *
   * @param member the outer one
   * @param wireName the effort
   */
  public JsonSplice effortIn(String member, String wireName) {
    edits = null;
    int index = names.indexOf(member);
    boolean asSent = index >= 0 && !removed[index] && values[index] == null;
    if (asSent && view.scalars().effort.at >= 0) {
      effortMember = member;
      effort = "\"" + wireName + "\"";
      return this;
    }
    return set(member, "{\"effort\":\"" + wireName + "\"}");
  }

  /** Calls the developer's messages the system's, for models that know no developer. */
  public JsonSplice developerToSystem() {
    edits = null;
    developerToSystem = true;
    return this;
  }

  /**
   * Limits the output: whatever else is edited, before or after, exactly one member of the edited
   * body is a cap. It is {@code param}, in the place of the member that has this name or else
   * another name of a cap, or at the end; all other caps go. Of two calls the later counts.
   *
   * @param param the name that the upstream knows, as {@code max_completion_tokens}
   * @param tokens 1 to {@value JsonScan#CAP_MAX}
   */
  public JsonSplice cap(String param, long tokens) {
    if (tokens < 1 || tokens > JsonScan.CAP_MAX) {
      throw new IllegalArgumentException(
          "tokens: " + tokens + " (expected: 1.." + JsonScan.CAP_MAX + ")");
    }
    edits = null;
    capParam = param;
    capValue = JsonCursor.ascii(Long.toString(tokens));
    return this;
  }

  /** The length of the edited body in bytes. */
  public int length() {
    int length = view.length();
    for (Edit edit : edits()) {
      length += edit.replacement.length - (edit.to - edit.from);
    }
    return length;
  }

  /** The edited body. */
  public byte[] toBytes() {
    byte[] bytes = new byte[length()];
    int[] at = {0};
    forEachSegment(
        (segment, from, to) -> {
          System.arraycopy(segment, from, bytes, at[0], to - from);
          at[0] += to - from;
        });
    return bytes;
  }

  /** Hands out the edited body in order, without copying what the client sent. */
  public void forEachSegment(SegmentConsumer consumer) {
    int at = 0;
    for (Edit edit : edits()) {
      if (edit.from > at) {
        consumer.segment(view.body(), at, edit.from);
      }
      if (edit.replacement.length > 0) {
        consumer.segment(edit.replacement, 0, edit.replacement.length);
      }
      at = edit.to;
    }
    if (view.length() > at) {
      consumer.segment(view.body(), at, view.length());
    }
  }

  /** The edits in the order of the body; none overlaps another. */
  private List<Edit> edits() {
    List<Edit> made = edits;
    if (made == null) {
      made = new ArrayList<>();
      boolean anyKept = false;
      int capMember = capMember();
      for (int i = 0; i < removed.length; i++) {
        if (i == capMember) {
          anyKept = true;
          rename(i, capParam, made);
          made.add(new Edit(view.valueStart(i), view.valueEnd(i), capValue));
        } else if (removed[i] || isCap(names.get(i))) {
          made.add(removal(i, anyKept));
        } else {
          anyKept = true;
          editMember(i, made);
        }
      }
      append(anyKept, capMember, made);
      made.sort(Comparator.comparingInt(edit -> edit.from));
      edits = made;
    }
    return made;
  }

  /** Whether a member of this name is a cap that may not stay beside the one that was set. */
  private boolean isCap(String name) {
    return capParam != null && (name.equals(capParam) || CAPS.contains(name));
  }

  /** The member that becomes the cap; -1 when there is none. */
  private int capMember() {
    int same = capParam == null ? -1 : names.indexOf(capParam);
    for (int i = 0; i < removed.length && same < 0; i++) {
      if (isCap(names.get(i))) {
        return i;
      }
    }
    return same;
  }

  /** A member goes with the comma before it, or, before the first that stays, the one after it. */
  private Edit removal(int member, boolean anyKept) {
    int from = anyKept ? view.commaAt(member) : view.nameStart(member);
    boolean last = member == removed.length - 1;
    int to = anyKept || last ? view.valueEnd(member) : view.nameStart(member + 1);
    return new Edit(from, to, NOTHING);
  }

  private void rename(int member, @Nullable String name, List<Edit> made) {
    if (name != null && !name.equals(view.members().get(member))) {
      made.add(new Edit(view.nameStart(member), view.nameEnd(member), quoted(name)));
    }
  }

  private void editMember(int member, List<Edit> made) {
    rename(member, names.get(member), made);
    byte[] value = values[member];
    if (value != null) {
      made.add(new Edit(view.valueStart(member), view.valueEnd(member), value));
      return;
    }
    RequestView.Scalars scalars = view.scalars();
    if (includeUsage && view.members().get(member).equals("stream_options")) {
      made.add(inner(scalars.options, "include_usage", "true"));
    }
    if (view.members().get(member).equals(effortMember)) {
      made.add(inner(scalars.effort, "effort", effort));
    }
    if (developerToSystem && view.members().get(member).equals("messages")) {
      for (int i = 0; i < scalars.developers.size(); i += 2) {
        made.add(new Edit(scalars.developers.get(i), scalars.developers.get(i + 1), SYSTEM));
      }
    }
  }

  private static Edit inner(RequestView.Inner place, String name, String value) {
    if (place.start >= 0) {
      return new Edit(place.start, place.end, JsonCursor.ascii(value));
    }
    String member = "\"" + name + "\":" + value + (place.empty ? "" : ",");
    return new Edit(place.at, place.at, JsonCursor.ascii(member));
  }

  private void append(boolean anyKept, int capMember, List<Edit> made) {
    StringBuilder json = new StringBuilder();
    boolean comma = anyKept;
    for (Map.Entry<String, byte[]> member : appended.entrySet()) {
      if (!isCap(member.getKey())) {
        append(json, comma, member.getKey(), member.getValue());
        comma = true;
      }
    }
    if (capParam != null && capMember < 0) {
      append(json, comma, capParam, capValue);
    }
    if (json.length() > 0) {
      int end = view.valueEnd(removed.length - 1);
      made.add(new Edit(end, end, json.toString().getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static void append(StringBuilder json, boolean comma, String name, byte[] value) {
    json.append(comma ? "," : "");
    Json.appendString(json, name);
    json.append(':').append(new String(value, StandardCharsets.UTF_8));
  }

  private static byte[] quoted(String name) {
    StringBuilder json = new StringBuilder(name.length() + 2);
    Json.appendString(json, name);
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }
}
