package dev.ponder.gateway.telemetry;

import java.io.IOException;
import java.sql.SQLException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What logs may say of an exception. Its message may quote what a parser choked on, and that may be
 * a prompt or an answer. So only messages of kinds that cannot are told: of files and sockets, and
 * those that the JVM makes of names and numbers.
 */
public final class ExceptionText {

  private ExceptionText() {}

  /** The message, or the class's name where a message is missing or may quote somebody. */
  public static String of(Throwable thrown) {
    String message = thrown.getMessage();
    return message == null || !quotesNobody(thrown) ? thrown.getClass().getSimpleName() : message;
  }

  static boolean quotesNobody(@Nullable Throwable thrown) {
    return thrown instanceof IOException
        || thrown instanceof SQLException
        || thrown instanceof TimeoutException
        || thrown instanceof NullPointerException
        || thrown instanceof ClassCastException
        || thrown instanceof IndexOutOfBoundsException
        || thrown instanceof ArithmeticException
        || thrown instanceof VirtualMachineError
        || thrown instanceof LinkageError;
  }
}
