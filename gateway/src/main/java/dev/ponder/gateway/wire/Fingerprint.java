package dev.ponder.gateway.wire;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/** Half of the SHA-256 of some bytes: knows them again and does not tell them. */
final class Fingerprint {

  private static final int BYTES = 16;

  private Fingerprint() {}

  /** The fingerprint of {@code bytes[from..to)}. */
  static String of(byte[] bytes, int from, int to) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(bytes, from, to - from);
      byte[] half = Arrays.copyOf(digest.digest(), BYTES);
      return Base64.getEncoder().withoutPadding().encodeToString(half);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
