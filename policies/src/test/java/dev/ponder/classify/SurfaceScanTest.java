package dev.ponder.classify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SurfaceScanTest {

  private static final String TASK = "Find the smallest number n such that n + 7 is prime.";

  private final SurfaceScan scan = new SurfaceScan();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Let's think step by step.",
        "Return only the minimum integer.",
        "Your output should be valid JSON with exactly 3 integers.",
        "Respond with {\"answer\": 12, \"state\": \"goal\"}.",
        "Denke Schritt für Schritt.",
        "Réponds uniquement en JSON.",
        "请一步一步思考。"
      })
  void read_phraseAboutForm_countsNoWordOfIt(String phrase) {
    int[] alone = read(TASK).clone();
    int[] both = read(TASK + "\n" + phrase);

    assertThat(both[SurfaceScan.DROPPED]).isPositive();
    for (int i = SurfaceScan.WORDS; i < SurfaceScan.ENUMERATED_LINES; i++) {
      assertThat(both[i]).as("count " + i).isEqualTo(alone[i]);
    }
  }

  @Test
  void read_ordinarySentences_dropsNothing() {
    assertThat(read(TASK + " She gives him only 3 apples. What is left?")[SurfaceScan.DROPPED])
        .isZero();
  }

  @Test
  void read_words_countsKinds() {
    int[] counts = read("Swap x1 and node7 if n > 12345 or NOT 42");

    assertThat(counts[SurfaceScan.MIXED]).isEqualTo(2);
    assertThat(counts[SurfaceScan.LONG_NUMBERS]).isEqualTo(1);
    assertThat(counts[SurfaceScan.NUMBERS]).isEqualTo(1);
    assertThat(counts[SurfaceScan.SHOUTED]).isEqualTo(1);
    assertThat(counts[SurfaceScan.BARE_OPERATORS]).isEqualTo(1);
    assertThat(counts[SurfaceScan.FAMILY + WordFamilies.CONDITION]).isEqualTo(1);
    assertThat(counts[SurfaceScan.FAMILY + WordFamilies.STATE]).isEqualTo(1);
  }

  @Test
  void read_lines_countsShapes() {
    int[] counts = read("1. one\n2) two\nA. yes\n- dash\n\n1 0 1\n0 1 0\n  indented:\n");

    assertThat(counts[SurfaceScan.ENUMERATED_LINES]).isEqualTo(2);
    assertThat(counts[SurfaceScan.OPTION_LINES]).isEqualTo(1);
    assertThat(counts[SurfaceScan.BULLET_LINES]).isEqualTo(1);
    assertThat(counts[SurfaceScan.GRID_LINES]).isEqualTo(2);
    assertThat(counts[SurfaceScan.INDENTED_LINES]).isEqualTo(1);
    assertThat(counts[SurfaceScan.COLON_LINES]).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"```", "---", "======"})
  void read_ruler_isNoGrid(String line) {
    assertThat(read("How are you?\n" + line)[SurfaceScan.GRID_LINES]).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x^2 + 3y = 7",
        "\\begin{align}\nE &= mc^2\n\\end{align}",
        "T(n) = 2 T(n/2) + O(n)",
        "1. Lift the box.\n2. Never drop it.",
        "Goal state: A on B",
        "Sample input:\n4\n3 1 4 1",
        "(define (domain depot) (at ?t ?l))",
        "```python\nfor i in range(3):\n    print(i)\n```"
      })
  void read_whatAsksNothing_isSetAside(String pasted) {
    int[] alone = read("Do you like tea?").clone();
    scan.read(("Do you like tea?\n\n" + pasted).toCharArray(), 0, 18 + pasted.length());
    assertThat(scan.hasAsk()).isTrue();
    int[] ask = scan.countsOfAsk(new int[SurfaceScan.COUNTS]);
    for (int i = SurfaceScan.WORDS; i < SurfaceScan.ENUMERATED_LINES; i++) {
      assertThat(ask[i]).as("count " + i).isEqualTo(alone[i]);
    }
    assertThat(scan.counts()[SurfaceScan.WORDS] + scan.counts()[SurfaceScan.NUMBERS])
        .isGreaterThan(alone[SurfaceScan.WORDS]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1) How many boxes are there?",
        "Translate this: good morning",
        "for (int i = 0; i < n; i++) {",
        "Solve x + 3 = 7 for x.",
        "She said that two of them were late."
      })
  void read_whatMayAsk_isNotSetAside(String line) {
    scan.read(("Do you like tea?\n\n" + line).toCharArray(), 0, 18 + line.length());
    assertThat(scan.hasAsk()).isFalse();
  }

  @Test
  void read_fenceFromTheStart_isNotSetAside() {
    String text = "```\nprint(7)\n```\nWhat does it print?";
    scan.read(text.toCharArray(), 0, text.length());
    assertThat(scan.hasAsk()).isFalse();
  }

  @Test
  void read_nothingElse_isTheQuestionItself() {
    scan.read("3x + 4 = 7".toCharArray(), 0, 10);
    assertThat(scan.hasAsk()).isFalse();
    assertThat(scan.counts()[SurfaceScan.NUMBERS]).isEqualTo(2);
  }

  private int[] read(String text) {
    scan.read(text.toCharArray(), 0, text.length());
    return scan.counts();
  }
}
