package dev.ponder.gateway.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code ponder health}: asks a running gateway whether it is ready, so that an image needs no
 * curl.
 *
 * <p>Exit codes: 0 ready, 1 not ready or not reached, 2 wrong use.
 */
@Command(
    name = "health",
    mixinStandardHelpOptions = true,
    description = "Ask a running gateway whether it is ready: 0 yes, 1 no or not reached.")
final class HealthCommand implements Callable<Integer> {

  private static final int MOST_SECONDS = 3600;
  private static final int MOST_BYTES = 4096;

  @Spec private CommandSpec spec;

  @Option(
      names = "--admin",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8081",
      description = "The admin address (default: ${DEFAULT-VALUE}).")
  private String admin = "";

  @Option(names = "--live", description = "Ask whether it lives, not whether it is ready.")
  private boolean live;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "3",
      description = "To connect, and to wait for the answer, each (default: ${DEFAULT-VALUE}).")
  private int timeout;

  @Override
  public Integer call() {
    URL url = url();
    try {
      // No proxy: whoever asks stands beside the gateway, whatever the environment says.
      HttpURLConnection connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(timeout * 1000);
      connection.setReadTimeout(timeout * 1000);
      connection.setInstanceFollowRedirects(false);
      int status = connection.getResponseCode();
      if (status == 200) {
        spec.commandLine().getOut().println(body(connection.getInputStream()));
        return 0;
      }
      String why = body(connection.getErrorStream());
      spec.commandLine().getErr().println(url + ": status " + status + " " + why);
    } catch (IOException e) {
      spec.commandLine().getErr().println(url + ": " + e.getMessage());
    }
    return 1;
  }

  private URL url() {
    if (timeout < 1 || timeout > MOST_SECONDS) {
      throw wrong("--timeout: " + timeout + " (expected: 1 to " + MOST_SECONDS + " seconds)");
    }
    try {
      URI uri = URI.create(admin.replaceAll("/+$", "") + "/health/" + (live ? "live" : "ready"));
      if (uri.getHost() != null && "http".equals(uri.getScheme())) {
        return uri.toURL();
      }
    } catch (IllegalArgumentException | MalformedURLException e) {
      // said below
    }
    throw wrong("--admin: " + admin + " (expected: http://HOST:PORT)");
  }

  private CommandLine.ParameterException wrong(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  private static String body(@Nullable InputStream stream) throws IOException {
    if (stream == null) {
      return "";
    }
    try (stream) {
      return new String(stream.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip();
    }
  }
}
