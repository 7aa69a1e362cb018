package dev.ponder.gateway.server;

import dev.ponder.gateway.wire.ApiError;
import dev.ponder.gateway.wire.Json;
import dev.ponder.policy.Principal;
import dev.ponder.policy.Router;
import java.util.Optional;

/** {@code GET /v1/models}: the routes and models that a key may use, out of memory. */
final class ModelList {

  private final Router router;
  private final long createdSeconds;

  /**
   * A list.
   *
   * @param createdSeconds what the entries say of their making, in seconds since 1970
   */
  ModelList(Router router, long createdSeconds) {
    this.router = router;
    this.createdSeconds = createdSeconds;
  }

  /** All entries: routes, then models; deployments can be asked for but are not listed. */
  String all(Principal who) {
    StringBuilder out = new StringBuilder(256).append("{\"object\":\"list\",\"data\":[");
    String separator = "";
    for (Router.Target target : router.targets()) {
      boolean listed = target.model().map(m -> m.name().equals(target.name())).orElse(true);
      if (listed && who.mayUse(target.name())) {
        out.append(separator);
        entry(out, target);
        separator = ",";
      }
    }
    return out.append("]}").toString();
  }

  /**
   * One entry.
   *
   * @throws ApiError 404 if there is no such name or it is not for this principal
   */
  String one(Principal who, String name) {
    Optional<Router.Target> target = router.find(name);
    boolean visible =
        target.isPresent()
            && (who.mayUse(name)
                || target.get().model().map(model -> who.mayUse(model.name())).orElse(false));
    if (!visible) {
      throw ApiError.modelNotFound(name);
    }
    StringBuilder out = new StringBuilder(96);
    entry(out, target.get());
    return out.toString();
  }

  private void entry(StringBuilder out, Router.Target target) {
    out.append("{\"id\":");
    Json.appendString(out, target.name());
    out.append(",\"object\":\"model\",\"created\":")
        .append(createdSeconds)
        .append(",\"owned_by\":\"ponder\"}");
  }
}
