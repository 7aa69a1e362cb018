package dev.ponder.gateway.stub;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One thing about an answer of the stub that can be scripted: by a flag, by a model's profile, by
 * the request header {@code x-stub-script}, by the body's member {@code stub} or by a first line
 * {@code stub: …} of the last user message; what is named later wins.
 */
public enum Knob {
  LATENCY(Kind.DURATION, "delay before the head of the answer"),
  FIRST_BYTE(Kind.DURATION, "delay between the head and the first event (or the body)"),
  TOKENS(Kind.AMOUNT, "visible output tokens"),
  REASONING(Kind.AMOUNT, "hidden reasoning tokens, billed and never shown"),
  HEAVY_TAIL(
      Kind.CHOICE,
      "plain numbers of tokens and reasoning become means of this distribution",
      "lognormal",
      "pareto",
      "none"),
  TPS(Kind.COUNT, "tokens per second while streaming (0 = at once)"),
  CACHED(Kind.COUNT, "prompt tokens reported as read from the prompt cache"),
  CACHE_WRITE(Kind.COUNT, "prompt tokens reported as written to the prompt cache"),
  CACHE_WRITE_1H(Kind.COUNT, "of these, tokens that a message reports as kept for an hour"),
  SHOW_REASONING(
      Kind.CHOICE,
      "a chat message shows reasoning as this member",
      "reasoning_content",
      "reasoning"),
  CALLS(Kind.COUNT, "calls of the tool that a chat completion or a message makes at once, 1..9"),
  POLLS(Kind.COUNT, "polls until a response in the background is completed (default 2)"),
  FAIL(Kind.STATUS, "answer with this status and an error envelope"),
  RETRY_AFTER(Kind.COUNT, "header retry-after of a failure, in seconds"),
  FAIL_FIRST(Kind.COUNT, "only the first N attempts of the same prompt fail (default status 503)"),
  DIE(Kind.CUT, "close the socket in the middle of the body"),
  END(
      Kind.CHOICE,
      "clean: end a stream cleanly without its last events; failed: a response that failed",
      "clean",
      "done",
      "failed"),
  STALL(Kind.CUT, "fall silent until the client leaves"),
  ERROR_EVENT(Kind.EVENT, "an error in the middle of a stream, as its dialect writes it"),
  STATUS200_ERROR(Kind.FLAG, "status 200 with an error in the body"),
  CONTENT_TYPE(Kind.TEXT, "content-type of the answer"),
  LENGTH(Kind.CHOICE, "content-length of a plain answer is a lie", "lie", "longer", "shorter"),
  GARBAGE(Kind.FLAG, "a body (or an event) that is not JSON"),
  NO_USAGE(Kind.FLAG, "usage is left out"),
  USAGE(Kind.CHOICE, "whose shape usage has", "openai", "xai", "deepseek", "gemini"),
  EOL(Kind.CHOICE, "line ends of a stream", "lf", "crlf", "cr"),
  COMMENTS(Kind.FLAG, "comment records between the events of a stream");

  private static final Knob[] ALL = values();

  private final Kind kind;
  private final String meaning;
  private final String expected;

  Knob(Kind kind, String meaning, String... choices) {
    this.kind = kind;
    this.meaning = meaning;
    expected = kind == Kind.CHOICE ? String.join("|", choices) : kind.expected;
  }

  /** The word for it in a script, such as {@code first_byte}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What it does, in half a sentence. */
  public String meaning() {
    return meaning;
  }

  /** What may stand behind the {@code =}. */
  public String expected() {
    return expected;
  }

  static Optional<Knob> of(String word) {
    String name = word.replace('-', '_');
    return Arrays.stream(ALL).filter(knob -> knob.word().equals(name)).findFirst();
  }

  /**
   * The value that {@code text} names.
   *
   * @throws IllegalArgumentException such as {@code latency: 4x (expected: …)}
   */
  Object parse(String text) {
    try {
      return kind == Kind.CHOICE ? choice(text) : kind.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          word() + ": " + text + " (expected: " + expected() + ")", e);
    }
  }

  private String choice(String text) {
    List<String> choices = List.of(expected.split("\\|", 0));
    if (text.equals("true")) { // the bare word names the first choice
      return choices.get(0);
    }
    if (!choices.contains(text)) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  private enum Kind {
    DURATION("such as 200ms, 2s or 3m, at most 1h") {
      @Override
      Object parse(String text) {
        long millis;
        if (text.endsWith("ms")) {
          millis = number(text, 2, 1);
        } else if (text.endsWith("s")) {
          millis = number(text, 1, 1_000);
        } else if (text.endsWith("m")) {
          millis = number(text, 1, 60_000);
        } else if (text.endsWith("h")) {
          millis = number(text, 1, 3_600_000);
        } else {
          millis = number(text, 0, 1);
        }
        return within(millis, 0, 3_600_000);
      }
    },
    AMOUNT("120, a range 40..160 or a heavy-tailed mean ~120; at most 1000000") {
      @Override
      Object parse(String text) {
        return Amount.parse(text);
      }
    },
    COUNT("0..1000000") {
      @Override
      Object parse(String text) {
        return within(Long.parseLong(text), 0, 1_000_000);
      }
    },
    STATUS("400..599") {
      @Override
      Object parse(String text) {
        return within(Long.parseLong(text), 400, 599);
      }
    },
    CUT("after_events:N or after_bytes:N") {
      @Override
      Object parse(String text) {
        return Cut.parse(text);
      }
    },
    EVENT("after_events:N") {
      @Override
      Object parse(String text) {
        Cut cut = Cut.parse(text);
        within(cut.unit() == Cut.Unit.EVENTS ? 1 : 0, 1, 1);
        return cut;
      }
    },
    FLAG("true|false") {
      @Override
      Object parse(String text) {
        if (!text.equals("true") && !text.equals("false")) {
          throw new IllegalArgumentException();
        }
        return Boolean.valueOf(text);
      }
    },
    TEXT("1..200 characters") {
      @Override
      Object parse(String text) {
        within(text.length(), 1, 200);
        return text;
      }
    },
    CHOICE("") {
      @Override
      Object parse(String text) {
        throw new AssertionError("a choice is parsed with its choices");
      }
    };

    private final String expected;

    Kind(String expected) {
      this.expected = expected;
    }

    abstract Object parse(String text);

    private static long number(String text, int unitLength, long unitMillis) {
      String digits = text.substring(0, text.length() - unitLength);
      return Math.multiplyExact(within(Long.parseLong(digits), 0, 3_600_000), unitMillis);
    }

    private static Long within(long value, long min, long max) {
      if (value < min || value > max) {
        throw new IllegalArgumentException();
      }
      return value;
    }
  }
}
