package dev.ponder.gateway.server;

import dev.ponder.config.Configuration.Logs;
import dev.ponder.gateway.telemetry.LogLevels;
import dev.ponder.gateway.wire.ApiError;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /admin/v1/log-level}: more lines, or fewer, for some time. {@code PUT} with {@code
 * {"level": "debug", "logger": "dev.ponder", "minutes": 10}} changes a level, {@code GET} tells
 * what is changed. A change ends by itself: nobody forgets a log that fills the disk. Used by the
 * admin server's event loop only.
 */
final class LogLevelPage {

  static final String PATH = "/admin/v1/log-level";

  private static final Logger LOG = LoggerFactory.getLogger(LogLevelPage.class);

  private static final Set<String> MEMBERS = Set.of("level", "logger", "minutes");
  private static final Pattern LOGGER = Pattern.compile("ROOT|[A-Za-z_][\\w$]*(\\.[\\w$]+)*");
  private static final int LOGGER_MAX = 200;
  private static final int CHANGED_MAX = 32;
  private static final int BODY_MAX = 4 * 1024;
  private static final int MINUTES = 10;
  private static final int MINUTES_MAX = 24 * 60;

  private final Vertx vertx;
  private final Supplier<Logs> configured;
  private final Clock clock;
  private final BodyMemory bodies = new BodyMemory(1024 * 1024);
  private final Map<String, Change> changes = new TreeMap<>();

  private record Change(Logs.Level level, Instant until, long timer) {}

  /**
   * A page.
   *
   * @param configured what the configuration now served says
   */
  LogLevelPage(Vertx vertx, Supplier<Logs> configured) {
    this.vertx = vertx;
    this.configured = configured;
    this.clock = Clock.systemUTC(); // of the log's lines, not of the windows of money
  }

  void handle(HttpServerRequest request) {
    if (request.method().equals(HttpMethod.GET)) {
      tell(request);
    } else if (request.method().equals(HttpMethod.PUT)) {
      BodyMemory.Lease lease = bodies.lease();
      BodyReader.read(vertx, request, BODY_MAX, lease, new Wish(request, lease));
    } else {
      ApiHandler.send(
          request.response(), ApiError.methodNotAllowed(request.method().name(), PATH, "GET, PUT"));
    }
  }

  /** A body that says what is to change. */
  private final class Wish implements BodyReader.Reader {

    private final HttpServerRequest request;
    private final BodyMemory.Lease lease;

    Wish(HttpServerRequest request, BodyMemory.Lease lease) {
      this.request = request;
      this.lease = lease;
    }

    @Override
    public void read(byte[] body, int length) {
      lease.release();
      try {
        change(new JsonObject(Buffer.buffer(Arrays.copyOf(body, length))));
      } catch (DecodeException e) {
        refused(ApiError.badRequest(null, "not a JSON object (expected: level, logger, minutes)"));
        return;
      } catch (ApiError e) {
        refused(e);
        return;
      }
      tell(request);
    }

    @Override
    public void refused(ApiError error) {
      lease.release();
      ApiHandler.send(request.response(), error);
    }
  }

  private void change(JsonObject wish) {
    for (String name : wish.fieldNames()) {
      if (!MEMBERS.contains(name)) {
        throw ApiError.badRequest(name, "unknown member (expected: level, logger or minutes)");
      }
    }
    Logs.Level level = level(wish.getValue("level"));
    String logger = logger(wish.getValue("logger", LogLevels.ROOT));
    int minutes = minutes(wish.getValue("minutes", MINUTES));
    if (changes.size() >= CHANGED_MAX && !changes.containsKey(logger)) {
      throw ApiError.badRequest(
          "logger", "too many changes (expected: at most " + CHANGED_MAX + " at the same time)");
    }
    Duration time = Duration.ofMinutes(minutes);
    long timer = vertx.setTimer(time.toMillis(), due -> end(logger));
    Instant until = clock.instant().plus(time).truncatedTo(ChronoUnit.SECONDS);
    Change before = changes.put(logger, new Change(level, until, timer));
    if (before != null) {
      vertx.cancelTimer(before.timer());
    }
    LOG.warn("event=log_level_changed logger={} level={} until={}", logger, level, until);
    LogLevels.set(logger, level);
  }

  private void end(String logger) {
    changes.remove(logger);
    if (logger.equals(LogLevels.ROOT)) {
      LogLevels.configure(configured.get().level());
    } else {
      LogLevels.set(logger, null);
    }
    LOG.warn("event=log_level_restored logger={} level={}", logger, LogLevels.of(logger));
  }

  private static Logs.Level level(@Nullable Object value) {
    for (Logs.Level level : Logs.Level.values()) {
      if (level.name().toLowerCase(Locale.ROOT).equals(value)) {
        return level;
      }
    }
    throw ApiError.badRequest("level", "level (expected: trace, debug, info, warn or error)");
  }

  private static String logger(Object value) {
    if (value instanceof String name
        && name.length() <= LOGGER_MAX
        && LOGGER.matcher(name).matches()) {
      return name;
    }
    throw ApiError.badRequest(
        "logger", "logger (expected: ROOT or a name such as dev.ponder, at most 200 characters)");
  }

  private static int minutes(Object value) {
    if (value instanceof Integer minutes && minutes >= 1 && minutes <= MINUTES_MAX) {
      return minutes;
    }
    throw ApiError.badRequest(
        "minutes", "minutes (expected: a whole number, 1.." + MINUTES_MAX + ")");
  }

  private void tell(HttpServerRequest request) {
    JsonArray changed = new JsonArray();
    changes.forEach(
        (logger, change) ->
            changed.add(
                new JsonObject()
                    .put("logger", logger)
                    .put("level", change.level().name().toLowerCase(Locale.ROOT))
                    .put("until", change.until().toString())));
    JsonObject page =
        new JsonObject()
            .put("level", LogLevels.of(LogLevels.ROOT))
            .put("configured", configured.get().level().name().toLowerCase(Locale.ROOT))
            .put("changed", changed);
    request
        .response()
        .putHeader("content-type", "application/json")
        .end(Buffer.buffer(page.encode()));
  }
}
