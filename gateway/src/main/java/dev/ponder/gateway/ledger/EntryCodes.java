package dev.ponder.gateway.ledger;

import dev.ponder.budget.Budget;
import dev.ponder.budget.Entry;

/** The numbers under which states, sources and owners stand in files. They never change. */
final class EntryCodes {

  private EntryCodes() {}

  static int code(Entry.State state) {
    return switch (state) {
      case POSTED -> 1;
      case VOIDED -> 2;
      case PRESUMED -> 3;
    };
  }

  static int code(Entry.Source source) {
    return switch (source) {
      case REPORTED -> 1;
      case COUNTED -> 2;
      case ESTIMATED -> 3;
      case PRESUMED -> 4;
      case NONE -> 5;
    };
  }

  static int code(Budget.Each each) {
    return switch (each) {
      case ALL -> 1;
      case TEAM -> 2;
      case KEY -> 3;
    };
  }

  static Entry.State state(int code) {
    return switch (code) {
      case 1 -> Entry.State.POSTED;
      case 2 -> Entry.State.VOIDED;
      case 3 -> Entry.State.PRESUMED;
      default -> throw new IllegalArgumentException("state: " + code + " (expected: 1..3)");
    };
  }

  static Entry.Source source(int code) {
    return switch (code) {
      case 1 -> Entry.Source.REPORTED;
      case 2 -> Entry.Source.COUNTED;
      case 3 -> Entry.Source.ESTIMATED;
      case 4 -> Entry.Source.PRESUMED;
      case 5 -> Entry.Source.NONE;
      default -> throw new IllegalArgumentException("source: " + code + " (expected: 1..5)");
    };
  }

  static Budget.Each each(int code) {
    return switch (code) {
      case 1 -> Budget.Each.ALL;
      case 2 -> Budget.Each.TEAM;
      case 3 -> Budget.Each.KEY;
      default -> throw new IllegalArgumentException("each: " + code + " (expected: 1..3)");
    };
  }
}
