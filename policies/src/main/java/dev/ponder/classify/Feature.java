package dev.ponder.classify;

/** What is measured about a text, with the words that explain it to people. */
enum Feature {
  NUMBER_SHARE("numbers among the words"),
  LONG_NUMBERS("long numbers"),
  LONG_NUMBER_SHARE("a text of long numbers"),
  MIXED_SHARE("names such as x1 or node7"),
  CAPITALISED_SHARE("names of people, places and things"),
  SHOUTED_SHARE("words in capitals"),
  BARE_OPERATOR_SHARE("arithmetic spelled out"),
  MATHS_SHARE("mathematical notation"),
  SQUARE_BRACKETS("square brackets"),
  ROUND_BRACKETS("remarks in brackets"),
  QUESTION_SHARE("short plain questions"),
  COMPARISONS("comparisons"),
  SEMICOLONS("semicolons"),
  COMMA_SHARE("commas"),
  MINUS_SHARE("minus signs and arrows"),
  CONSTRAINT_SHARE("constraints: exactly, at least, must"),
  CONDITIONS("conditions: if, suppose, unless"),
  EXTREME_SHARE("a search for the best: minimum, longest"),
  STATES("states, goals and moves"),
  STATE_SHARE("little but states, goals and moves"),
  NUMBER_THEORY_SHARE("words of counting and number theory"),
  ALGEBRA_SHARE("words of algebra and geometry"),
  PROOF_SHARE("words of proof and deduction"),
  CODE_SHARE("words of algorithms"),
  PUZZLE_SHARE("words of puzzles and grids"),
  WRITING("a request to write or rewrite"),
  READING("a text to read or classify"),
  OPTION_LINES("answers to choose from"),
  GRID_LINES("lines that form a grid"),
  SAME_LENGTH_LINES("lines of the same length"),
  REPETITION("few different words for its length"),
  SIZE("more than a few words"),
  HOUSEKEEPING("a chat program's own chore: title, tags, suggestions");

  static final int COUNT = values().length;

  private static final Feature[] ALL = values();

  private final String words;

  Feature(String words) {
    this.words = words;
  }

  /** The feature at an {@link #index}. */
  static Feature at(int index) {
    return ALL[index];
  }

  /** What the feature means, in words. */
  String words() {
    return words;
  }

  /** Where the feature stands in arrays of values and weights. */
  @SuppressWarnings("EnumOrdinal") // The order is the index: nothing of it is ever stored.
  int index() {
    return ordinal();
  }
}
