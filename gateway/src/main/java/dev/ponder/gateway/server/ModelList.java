package dev.ponder.gateway.server;

import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Json;
import dev.ponder.policy.Principal;
import dev.ponder.policy.Router;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/models}: the routes and models that a key may use, out of memory, in OpenAI's
 * shape or in Anthropic's, which has pages.
 */
final class ModelList {

  private static final int PAGE_DEFAULT = 20;
  private static final int PAGE_MAX = 1000;

  private final Router router;
  private final long createdSeconds;
  private final String createdAt;

  /**
   * Which page of Anthropic's list is asked for.
   *
   * @param limit the most entries, 1..1000
   * @param after the entry before the first one; null: none
   * @param before the entry behind the last one; null: none
   */
  record Page(int limit, @Nullable String after, @Nullable String before) {

    /**
     * The page that a query asks for.
     *
     * @throws ApiError 400 if a value is not one, or both directions are asked for
     */
    static Page of(@Nullable String limit, @Nullable String after, @Nullable String before) {
      if (after != null && before != null) {
        throw ApiError.badRequest(
            "before_id", "before_id: beside after_id (expected: one of them)");
      }
      return new Page(limit == null ? PAGE_DEFAULT : size(limit), after, before);
    }

    private static int size(String limit) {
      try {
        int size = Integer.parseInt(limit);
        if (size >= 1 && size <= PAGE_MAX) {
          return size;
        }
      } catch (NumberFormatException e) {
        // told below
      }
      throw ApiError.badRequest(
          "limit", "limit: not a number of models (expected: 1.." + PAGE_MAX + ")");
    }
  }

  /**
   * A list.
   *
   * @param createdSeconds what the entries say of their making, in seconds since 1970
   */
  ModelList(Router router, long createdSeconds) {
    this.router = router;
    this.createdSeconds = createdSeconds;
    this.createdAt = Instant.ofEpochSecond(createdSeconds).toString();
  }

  /** All entries: routes, then models; deployments can be asked for but are not listed. */
  String all(Principal who) {
    StringBuilder out = new StringBuilder(256).append("{\"object\":\"list\",\"data\":[");
    String separator = "";
    for (String name : names(who)) {
      entry(out.append(separator), name);
      separator = ",";
    }
    return out.append("]}").toString();
  }

  /**
   * A page of the same entries as Anthropic has them.
   *
   * @throws ApiError 400 if the page begins or ends at a name that is not among them
   */
  String page(Principal who, Page page) {
    List<String> names = names(who);
    int from = page.after() == null ? 0 : place(names, "after_id", page.after()) + 1;
    int to = names.size();
    if (page.before() != null) {
      to = place(names, "before_id", page.before());
      from = Math.max(0, to - page.limit());
    }
    boolean more = page.before() == null ? to - from > page.limit() : from > 0;
    List<String> shown = names.subList(from, Math.min(to, from + page.limit()));
    StringBuilder out = new StringBuilder(256).append("{\"data\":[");
    String separator = "";
    for (String name : shown) {
      anthropicEntry(out.append(separator), name);
      separator = ",";
    }
    out.append("],\"has_more\":").append(more).append(",\"first_id\":");
    nameOrNull(out, shown.isEmpty() ? null : shown.get(0));
    out.append(",\"last_id\":");
    nameOrNull(out, shown.isEmpty() ? null : shown.get(shown.size() - 1));
    return out.append('}').toString();
  }

  /**
   * One entry.
   *
   * @param anthropic whether as Anthropic has it
   * @throws ApiError 404 if there is no such name or it is not for this principal
   */
  String one(Principal who, String name, boolean anthropic) {
    Optional<Router.Target> target = router.find(name);
    boolean visible =
        target.isPresent()
            && (who.mayUse(name)
                || target.get().model().map(model -> who.mayUse(model.name())).orElse(false));
    if (!visible) {
      throw ApiError.modelNotFound(name);
    }
    StringBuilder out = new StringBuilder(96);
    if (anthropic) {
      anthropicEntry(out, target.get().name());
    } else {
      entry(out, target.get().name());
    }
    return out.toString();
  }

  private List<String> names(Principal who) {
    List<String> names = new ArrayList<>();
    for (Router.Target target : router.targets()) {
      boolean listed = target.model().map(m -> m.name().equals(target.name())).orElse(true);
      if (listed && who.mayUse(target.name())) {
        names.add(target.name());
      }
    }
    return names;
  }

  private static int place(List<String> names, String param, String name) {
    int place = names.indexOf(name);
    if (place < 0) {
      throw ApiError.badRequest(param, param + ": not found (expected: the id of a model listed)");
    }
    return place;
  }

  private void entry(StringBuilder out, String name) {
    out.append("{\"id\":");
    Json.appendString(out, name);
    out.append(",\"object\":\"model\",\"created\":")
        .append(createdSeconds)
        .append(",\"owned_by\":\"ponder\"}");
  }

  private void anthropicEntry(StringBuilder out, String name) {
    out.append("{\"type\":\"model\",\"id\":");
    Json.appendString(out, name);
    out.append(",\"display_name\":");
    Json.appendString(out, name);
    out.append(",\"created_at\":\"").append(createdAt).append("\",\"lifecycle\":\"active\"}");
  }

  private static void nameOrNull(StringBuilder out, @Nullable String name) {
    if (name == null) {
      out.append("null");
    } else {
      Json.appendString(out, name);
    }
  }
}
