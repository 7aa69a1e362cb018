package dev.ponder.gateway.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as it lies in its bytes: the few scalars that routing needs and the place of every
 * top-level member. It shares the body's array, which nobody may change.
 */
public final class RequestView {

  /** Thinking of fewer tokens is little. */
  private static final long LOW_BUDGET_END = 4_096;

  private static final long MEDIUM_BUDGET_END = 12_288;

  private final Dialect dialect;
  private final byte[] body;
  private final int length;
  private final List<String> members;
  private final int[] places;
  private final Scalars scalars;

  /**
   * What was read beside the members' places; filled while scanning, not changed afterwards.
   * Positions are offsets into the body, -1 where there is nothing.
   */
  static final class Scalars {
    String model = "";
    boolean stream;
    boolean includeUsage;
    long maxTokens = -1;
    long maxCompletionTokens = -1;
    int n = 1;
    @Nullable String reasoningEffort;
    boolean tools;
    int images;
    int files;
    int audios;
    int bestOf = 1;

    /** How many texts are to be completed, one by one. */
    int prompts = 1;

    @Nullable String serviceTier;
    boolean audioOut;
    int predictionBytes;
    boolean webSearch;
    @Nullable String hostedTool;

    /** Whether a model of Anthropic's is asked to think. */
    boolean thinks;

    long thinkingBudget = -1;

    /** Whether some of the input is to be kept in a cache for an hour. */
    boolean keepsLong;

    /** Whether the last message gives back what a tool said. */
    boolean toolsTurn;

    /** Whether the last message is the beginning of the answer. */
    boolean prefilled;

    /** Whether a tool must be called. */
    boolean forcedTool;

    /** Whether the answer is made whether or not its caller stays. */
    boolean background;

    /** The answer that goes on, and the conversation that does. */
    @Nullable String previous;

    @Nullable String conversation;

    /** The last member that names what lies elsewhere. */
    @Nullable String elsewhere;

    /** Where the last of the encrypted thoughts lies, which its author alone can read. */
    int encryptedFrom = -1;

    int encryptedTo = -1;

    /** Where {@code include_usage} lies in the {@code stream_options}. */
    final Inner options = new Inner();

    /** Where {@code effort} lies in another member. */
    final Inner effort = new Inner();

    /** Opening quotes and one past closing quotes, by turns. */
    final IntList developers = new IntList();
  }

  /** Where a member of a member lies, or would lie. */
  static final class Inner {

    /** One past the brace that opens the outer member. */
    int at = -1;

    /** Whether the outer member has nothing in it. */
    boolean empty = true;

    /** Where the inner one's value lies, if there is one. */
    int start = -1;

    int end = -1;
  }

  RequestView(
      Dialect dialect,
      byte[] body,
      int length,
      List<String> members,
      int[] places,
      Scalars scalars) {
    this.dialect = dialect;
    this.body = body;
    this.length = length;
    this.members = List.copyOf(members);
    this.places = places;
    this.scalars = scalars;
  }

  /** The API that it is a request of. */
  public Dialect dialect() {
    return dialect;
  }

  /** The body's array, not to be changed; only the first {@link #length} bytes count. */
  public byte[] body() {
    return body;
  }

  /** How many bytes the body has. */
  public int length() {
    return length;
  }

  public String model() {
    return scalars.model;
  }

  public boolean stream() {
    return scalars.stream;
  }

  /** Whether the answer is made in the background, and goes on when its caller leaves. */
  public boolean background() {
    return scalars.background;
  }

  /** Whether the caller asked for {@code stream_options.include_usage}. */
  public boolean includeUsage() {
    return scalars.includeUsage;
  }

  /** {@code max_completion_tokens}, or else {@code max_tokens}; -1 without either. */
  public long maxOutputTokens() {
    if (!dialect.writes()) {
      return 0;
    }
    return scalars.maxCompletionTokens >= 0 ? scalars.maxCompletionTokens : scalars.maxTokens;
  }

  /** Whether there is such a top-level member, be it null. */
  public boolean has(String member) {
    return members.contains(member);
  }

  /** How hard the caller wants a model to think; null where it does not say. */
  public @Nullable String reasoningEffort() {
    if (scalars.reasoningEffort != null || scalars.thinkingBudget < 0) {
      return scalars.reasoningEffort;
    }
    return scalars.thinkingBudget < LOW_BUDGET_END
        ? "low"
        : scalars.thinkingBudget < MEDIUM_BUDGET_END ? "medium" : "high";
  }

  /** The {@code previous_response_id}; null without. */
  public @Nullable String previousResponse() {
    return scalars.previous;
  }

  /** The {@code conversation}'s id; null without. */
  public @Nullable String conversation() {
    return scalars.conversation;
  }

  /** The member that names what lies elsewhere, such as {@code prompt}; null without any. */
  public @Nullable String elsewhere() {
    return scalars.elsewhere;
  }

  /** The fingerprint of the last encrypted thought; null without. */
  public @Nullable String thought() {
    return scalars.encryptedFrom < 0
        ? null
        : Fingerprint.of(body, scalars.encryptedFrom, scalars.encryptedTo);
  }

  /**
   * Whether a change of {@code thinking} would be an error: a tool has to be called, or was, or the
   * answer's beginning is given.
   */
  public boolean thinkingIsFixed() {
    return scalars.forcedTool || scalars.toolsTurn || scalars.prefilled;
  }

  /** Whether {@code thinking} asks a model of Anthropic's to think. */
  public boolean thinks() {
    return scalars.thinks;
  }

  /** The {@code thinking.budget_tokens}; -1 without. */
  public long thinkingBudget() {
    return scalars.thinkingBudget;
  }

  /** How many answers are wanted, of all prompts together: 1 or more. */
  public int n() {
    return scalars.n;
  }

  /** Whether the request offers tools or functions. */
  public boolean needsTools() {
    return scalars.tools;
  }

  /** Whether a message holds an image. */
  public boolean needsVision() {
    return scalars.images > 0;
  }

  /** How many parts of messages are images. */
  public int images() {
    return scalars.images;
  }

  /**
   * How many parts of messages are files and documents, or of a type that the gateway does not
   * know: their bytes, which may lie elsewhere, do not bound their tokens.
   */
  public int files() {
    return scalars.files;
  }

  /** How many parts of messages are sound, spoken or an earlier answer that is referred to. */
  public int audios() {
    return scalars.audios;
  }

  /** Whether both caps on the output are given, {@code max_tokens} and its successor. */
  public boolean bothCaps() {
    return scalars.maxTokens >= 0 && scalars.maxCompletionTokens >= 0;
  }

  /** How many answers are made and billed, of which the best are given: {@code best_of}, or 1. */
  public int bestOf() {
    return scalars.bestOf;
  }

  /** The {@code service_tier}, which may have prices of its own. */
  public @Nullable String serviceTier() {
    return scalars.serviceTier;
  }

  /** Whether the answer is to be spoken, by {@code modalities} or {@code audio}. */
  public boolean hasAudio() {
    return scalars.audioOut;
  }

  /** The bytes of the {@code prediction}, of which what does not come true is billed; or 0. */
  public int predictionBytes() {
    return scalars.predictionBytes;
  }

  /** Whether some of the input is to be kept in the provider's cache for an hour, or might be. */
  public boolean keepsLong() {
    return scalars.keepsLong;
  }

  /** Whether there are {@code web_search_options}, be they empty, but not null. */
  public boolean webSearch() {
    return scalars.webSearch;
  }

  /**
   * The type of the first tool that runs at the provider, which is any but {@code function} and
   * {@code custom}; null when there is none. The text is the caller's.
   */
  public @Nullable String hostedTool() {
    return scalars.hostedTool;
  }

  /** Whether the answer is to be JSON, by {@code response_format}. */
  public boolean wantsJson() {
    int at = members.indexOf("response_format");
    if (at < 0) {
      return false;
    }
    String format = new String(body, valueStart(at), valueEnd(at) - valueStart(at), ISO_8859_1);
    return format.contains("\"json_object\"") || format.contains("\"json_schema\"");
  }

  /** The names of the top-level members, escapes resolved, in the order of the body. */
  public List<String> members() {
    return members;
  }

  /** The comma before a member; -1 before the first. */
  int commaAt(int member) {
    return places[member * JsonScan.PLACES];
  }

  /** The opening quote of a member's name. */
  int nameStart(int member) {
    return places[member * JsonScan.PLACES + 1];
  }

  /** One past the closing quote of a member's name. */
  int nameEnd(int member) {
    return places[member * JsonScan.PLACES + 2];
  }

  int valueStart(int member) {
    return places[member * JsonScan.PLACES + 3];
  }

  int valueEnd(int member) {
    return places[member * JsonScan.PLACES + 4];
  }

  Scalars scalars() {
    return scalars;
  }
}
