package dev.ponder.gateway.proxy;

/** Numbers with three decimals, without {@code String.format} on the hot path. */
final class Decimals {

  private Decimals() {}

  /** Appends a number of at least 0, rounded to three decimals: {@code 0.614}. */
  static void append(StringBuilder out, double value) {
    long thousandths = Math.round(value * 1_000);
    long fraction = thousandths % 1_000;
    out.append(thousandths / 1_000)
        .append('.')
        .append((char) ('0' + fraction / 100))
        .append((char) ('0' + fraction / 10 % 10))
        .append((char) ('0' + fraction % 10));
  }

  static String of(double value) {
    StringBuilder out = new StringBuilder(8);
    append(out, value);
    return out.toString();
  }
}
