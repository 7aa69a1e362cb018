package dev.ponder.gateway.cli;

import dev.ponder.config.ConfigurationReader;
import dev.ponder.config.PriceBook;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** {@code ponder.yaml} on disk. */
final class ConfigurationFile {

  /** Beyond it the reader refuses anyway; so no giant file is loaded. */
  private static final int FILE_BYTES_MAX = 4 << 20;

  private ConfigurationFile() {}

  /**
   * What came of reading it.
   *
   * @throws IOException if it cannot be read at all; the message names the file and says why
   */
  static ConfigurationReader.Result read(Path file) throws IOException {
    return parse(file, bytes(file));
  }

  /**
   * What came of bytes that were read before.
   *
   * @throws IOException if they are too many or no text; the message names the file and says why
   */
  static ConfigurationReader.Result parse(Path file, byte[] bytes) throws IOException {
    if (bytes.length > FILE_BYTES_MAX) {
      throw new IOException(file + ": cannot be read: too large (expected: at most 1 MiB)");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException(file + ": not UTF-8", e);
    }
    return ConfigurationReader.read(
        file.toString(), text, PriceBook.bundled(), LocalDate.now(ZoneOffset.UTC));
  }

  /**
   * Its bytes; of a file that is too large, only so many that {@link #parse} refuses them.
   *
   * @throws IOException if it cannot be read; the message names the file and says why
   */
  static byte[] bytes(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(FILE_BYTES_MAX + 1);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": no such file", e);
    } catch (AccessDeniedException e) {
      throw new IOException(file + ": permission denied", e);
    } catch (IOException e) {
      if (Files.isDirectory(file)) {
        throw new IOException(file + ": cannot be read: is a directory", e);
      }
      throw e;
    }
  }
}
