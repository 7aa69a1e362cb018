package dev.ponder.gateway;

import org.junit.jupiter.api.Test;

/**
 * The tables of {@code CONFORMANCE.md}: no row is missing, and every test that it names is there.
 */
class ConformanceTableTest {

  private static final int ROWS = 62;

  @Test
  void everyRow_isThere_andEveryTestExists() {
    FaultsTest.check("gateway/CONFORMANCE.md", ROWS);
  }
}
