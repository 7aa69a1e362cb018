package dev.ponder.gateway.proxy;

import dev.ponder.classify.NamedFeatures;
import dev.ponder.classify.PromptFeatures;
import dev.ponder.classify.PromptText;
import dev.ponder.config.Configuration.OwnClassifier.Send;
import dev.ponder.gateway.wire.Json;
import dev.ponder.gateway.wire.RequestView;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What a scorer of the user's own is asked about a request: a body of JSON, and a key under which
 * its answer is remembered.
 */
final class ScorerQuestion {

  private final byte[] body;
  private final Key key;

  private ScorerQuestion(byte[] body) {
    this.body = body;
    this.key = Key.of(body);
  }

  /** UTF-8; nobody changes it. */
  byte[] body() {
    return body;
  }

  /** The same for the same body. */
  Key key() {
    return key;
  }

  /**
   * Half of a body's SHA-256: nobody can find two bodies that share it, so nobody gets the score of
   * another request.
   */
  record Key(long high, long low) {

    static Key of(byte[] body) {
      try {
        ByteBuffer hash = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(body));
        return new Key(hash.getLong(), hash.getLong());
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }
  }

  /** Writes questions; its buffers are used again, so it is for one thread at a time. */
  static final class Writer {

    private final Send send;
    private final StringBuilder out = new StringBuilder(2_048);
    private final char[] window = new char[PromptText.Window.HEAD + PromptText.Window.TAIL + 1];

    Writer(Send send) {
      this.send = send;
    }

    /** The question about a request that was read into these buffers. */
    ScorerQuestion write(String route, RequestView view, PromptText text, PromptFeatures features) {
      out.setLength(0);
      out.append("{\"version\":1,\"route\":");
      Json.appendString(out, route);
      request(view, text);
      if (send.features()) {
        out.append(",\"features\":{");
        NamedFeatures.tell(features, this::feature);
        out.append('}');
      }
      if (send.text()) {
        out.append(",\"text\":{\"system\":");
        text(text.system());
        out.append(",\"user\":");
        text(text.user());
        out.append('}');
      }
      return new ScorerQuestion(out.append('}').toString().getBytes(StandardCharsets.UTF_8));
    }

    private void request(RequestView view, PromptText text) {
      out.append(",\"request\":{\"input_tokens\":").append(text.estimatedInputTokens());
      out.append(",\"max_output_tokens\":");
      if (view.maxOutputTokens() >= 0) {
        out.append(view.maxOutputTokens());
      } else {
        out.append("null");
      }
      out.append(",\"user_turns\":").append(text.userTurns());
      out.append(",\"assistant_turns\":").append(text.assistantTurns());
      out.append(",\"tool_turns\":").append(text.toolTurns());
      out.append(",\"tools\":").append(text.tools());
      out.append(",\"images\":").append(text.images());
      out.append(",\"structured_output\":").append(text.structuredOutput()).append('}');
    }

    private void feature(String name, double value) {
      if (out.charAt(out.length() - 1) != '{') {
        out.append(',');
      }
      Json.appendString(out, name);
      out.append(':').append(Double.isFinite(value) ? value : 0);
    }

    private void text(PromptText.Window from) {
      int length = from.copyTo(window);
      Json.appendString(out, new String(window, 0, length));
    }
  }
}
