package dev.ponder.gateway.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Operating system signals. {@code sun.misc.Signal} is there on every JDK and warns when it is
 * compiled against, so it is reached by reflection; where it is not there, nothing is listened to.
 */
final class Signals {

  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /**
   * Runs the action on each such signal.
   *
   * @param name without {@code SIG}: {@code HUP}
   */
  static void on(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler run =
          (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
              action.run();
            }
            return null;
          };
      Object listener =
          Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, run);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), listener);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      LOG.warn("event=signal_unavailable signal={} error={}", name, e.toString());
    }
  }
}
