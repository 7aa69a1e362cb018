package dev.ponder.config;

import dev.ponder.config.Configuration.Admin;
import dev.ponder.config.Configuration.Listen;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code listen} and guards what may face the network. */
final class ListenReader {

  /** An address that a socket is bound to. */
  private record Address(String host, int port) {

    boolean isLoopback() {
      return host.toLowerCase(Locale.ROOT).equals("localhost")
          || host.matches("127(\\.[0-9]{1,3}){3}")
          || host.equals("::1");
    }

    boolean isWildcard() {
      return host.equals("0.0.0.0") || host.equals("::");
    }

    boolean clashesWith(Address other) {
      boolean sameHost = host.equals(other.host) || isWildcard() || other.isWildcard();
      return port != 0 && port == other.port && sameHost;
    }

    String shown() {
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
  }

  private static final Address API = new Address("127.0.0.1", 8080);
  private static final Address ADMIN = new Address("127.0.0.1", 8081);

  private static final Pattern ADDRESS =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]{2,45})]|([A-Za-z0-9.-]{1,253})):([0-9]{1,5})");

  private ListenReader() {}

  /**
   * @param hasKeys whether callers need a key
   * @param adminToken what protects the admin address
   */
  static Listen read(YamlMapping root, boolean hasKeys, Admin adminToken) {
    Optional<YamlMapping> listen =
        root.get("listen").flatMap(v -> v.mapping(Section.LISTEN, "api and admin addresses"));
    Optional<YamlValue> apiValue = listen.flatMap(m -> m.get("api"));
    Optional<YamlValue> adminValue = listen.flatMap(m -> m.get("admin"));
    Address api = apiValue.flatMap(ListenReader::address).orElse(API);
    Address admin = adminValue.flatMap(ListenReader::address).orElse(ADMIN);
    if (!hasKeys && !api.isLoopback()) {
      apiValue.ifPresent(
          v -> v.refuse("a loopback address such as 127.0.0.1:8080, or keys: for the callers"));
    }
    if (adminToken.token().isEmpty() && !admin.isLoopback()) {
      adminValue.ifPresent(
          v -> v.refuse("a loopback address such as 127.0.0.1:8081, or admin.token: env:NAME"));
    }
    if (admin.clashesWith(api)) {
      adminValue
          .or(() -> apiValue)
          .ifPresent(
              v -> v.refuse("api " + api.shown() + " and admin " + admin.shown() + " apart"));
    }
    return new Listen(api.host(), api.port(), admin.host(), admin.port());
  }

  private static Optional<Address> address(YamlValue value) {
    return value.parse("HOST:PORT, such as 127.0.0.1:8080", ListenReader::parse);
  }

  private static Optional<Address> parse(String text) {
    Matcher match = ADDRESS.matcher(text);
    if (!match.matches()) {
      return Optional.empty();
    }
    String host = match.group(1) == null ? match.group(2) : match.group(1);
    int port = Integer.parseInt(match.group(3));
    return port > 65_535 ? Optional.empty() : Optional.of(new Address(host, port));
  }
}
