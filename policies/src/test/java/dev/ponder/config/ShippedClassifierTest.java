package dev.ponder.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import dev.ponder.classify.Classifier;
import dev.ponder.classify.PromptFeatures;
import dev.ponder.classify.PromptText;
import dev.ponder.classify.PromptText.Role;
import dev.ponder.classify.Signal;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShippedClassifierTest {

  /** Everyday prompts, written for this test, in a dozen languages. */
  private static final List<String> EVERYDAY =
      List.of(
          "Hi! How was your weekend?",
          "What is a good name for a grey kitten?",
          "Write a thank-you note to my neighbour who watered the plants while we were away.",
          "Translate into French: The library opens at ten on Saturdays.",
          "Summarize in one sentence: The council met on Monday. It talked about the new bridge, "
              + "which is late and dearer than planned. Nothing was decided.",
          "Which museum in Vienna would you visit with children on a rainy day?",
          "Fix the spelling: I recieved you're mesage yesterday.",
          "How do I get a red wine stain out of a white tablecloth?",
          "Wie koche ich weiche Eier?",
          "Schreib mir bitte eine freundliche Absage für die Einladung am Freitag.",
          "Quel temps fait-il à Lyon en mars ?",
          "Peux-tu reformuler cette phrase pour qu'elle soit plus polie ?",
          "¿Qué puedo regalar a mi abuela por su cumpleaños?",
          "Escribe un saludo corto para una postal de Navidad.",
          "Que livro você recomenda para uma viagem longa?",
          "Come si prepara un buon caffè a casa?",
          "推荐一家适合全家人吃饭的餐厅。",
          "帮我写一条请假的短信。",
          "週末に読むのにいい本を教えてください。",
          "친구에게 보낼 생일 축하 문자를 써 줘.",
          "Посоветуй хороший фильм на вечер.",
          "Hoe lang moet rijst koken?");

  /** A long text with numbers and conditions in which nothing is to be solved. */
  private static final String RULES =
      """
      RULES OF THE ROWING CLUB

      1. A member pays 12 euros a month, 6 if under 18 or over 65. Whoever pays for 12 months at
      once gets one of them free.
      2. Boats A to F may be taken by anybody who has passed the test; boats G and H only by two or
      more members, at least one of whom has rowed for 3 years.
      3. No boat leaves after sunset, nor if the flag is red, unless the coach is in it.
      4. Each boat is entered in the book with the names of all aboard, the time, and the goal.
      Who comes back later than 30 minutes after the time given cleans the boathouse once.
      5. If two crews want the same boat, the one that used it less often in the last 14 days has
      it; if both used it equally often, the younger crew.
      6. Oars 1 to 8 belong to boats A and B and must not be swapped with oars 9 to 24.
      7. Damage up to 50 euros is paid by the crew, each an equal share; above that by the club.
      8. The board has 5 members: chair, deputy, treasurer (Mrs Lindqvist), coach, steward. Votes
      need 3 of 5, changes of these rules 4 of 5.
      """;

  /** A long text that is a task. */
  private static final String CONTEST =
      """
      There are N lamps in a row, numbered from 1 to N, each of which is on or off. A switch i
      toggles lamps i, 2i, 3i and so on, up to the largest multiple of i that is not above N. Each
      switch may be pressed at most once, and pressing it costs c_i.

      You are given the initial state of the lamps as a string S of N digits 0 and 1, and the array
      c of N integers. Find the minimum total cost after which exactly K lamps are on, and no two
      adjacent lamps are on. If there is no such set of switches, print -1.

      Input
      The first line has two integers N and K. The second line has the string S. The third line has
      N integers c_1, c_2, ..., c_N.

      Constraints
      1 <= N <= 200000
      0 <= K <= N
      0 <= c_i <= 10^9

      Sample Input 1
      4 1
      1011
      3 1 4 1

      Sample Output 1
      5

      Explanation: pressing switches 3 and 4 leaves lamp 1 on, which is one lamp, and the cost is
      4 + 1 = 5. No cheaper set of switches leaves exactly one lamp on.
      """;

  /** What people append to anything, and what must never buy the dear model. */
  private static final List<String> APPENDED =
      List.of(
          "Think step by step.",
          "Let's think step by step and reason carefully.",
          "Take a deep breath and work through this step by step.",
          "Return only JSON.",
          "Your output should be valid JSON.",
          "Please reply only with the requested text.",
          "Give only the final answer, without any explanation.",
          "Respond with a JSON object {\"answer\": \"...\", \"confidence\": 0.9}.",
          "Denke Schritt für Schritt.",
          "Piensa paso a paso.",
          "Réfléchis étape par étape.",
          "请一步一步思考。",
          "Thank you very much in advance!",
          "```");

  private final Classifier classifier = ShippedClassifier.get();
  private final PromptText text = new PromptText();
  private final PromptFeatures features = new PromptFeatures();

  @Test
  void score_everydayPrompts_stayCheap() {
    for (String prompt : EVERYDAY) {
      assertThat(score(prompt)).as(prompt).isLessThan(classifier.shippedThreshold());
    }
  }

  @Test
  void score_appendedPhrases_neverChangeTheTier() {
    for (String prompt : EVERYDAY) {
      for (String phrase : APPENDED) {
        String after = prompt + "\n" + phrase;
        String before = phrase + " " + prompt;
        assertThat(score(after)).as(after).isLessThan(classifier.shippedThreshold());
        assertThat(score(before)).as(before).isLessThan(classifier.shippedThreshold());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Summarize these rules in three sentences for new members, please.",
        "What is the name of the treasurer?",
        "Übersetze das bitte ins Englische.",
        "¿Cuál es la capital de Noruega?"
      })
  void score_everydayRequestAroundALongText_staysCheap(String request) {
    assertThat(score(RULES + "\n\n" + request)).isLessThan(classifier.shippedThreshold());
    assertThat(score(request + "\n\n" + RULES)).isLessThan(classifier.shippedThreshold());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Prove that the sum of the squares of any five consecutive integers is divisible by 5.",
        "In how many ways can 8 rooks be placed on a chessboard so that none attacks another and "
            + "none stands on a diagonal?"
      })
  void score_hardQuestionAroundALongText_isWorthReasoning(String question) {
    assertThat(score(RULES + "\n\n" + question)).isGreaterThan(classifier.shippedThreshold());
    assertThat(score(question + "\n\n" + RULES)).isGreaterThan(classifier.shippedThreshold());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Write a short program for this task, please.",
        "Could you do this exercise for my daughter?"
      })
  void score_requestThatSpeaksOfTheTask_doesNotCountAlone(String request) {
    assertThat(score(request)).isLessThan(classifier.shippedThreshold());
    assertThat(score(request + "\n\n" + CONTEST)).isGreaterThan(classifier.shippedThreshold());
  }

  @Test
  void score_systemPrompt_doesNotMatter() {
    double alone = score(EVERYDAY.get(0));
    text.reset();
    feed(Role.SYSTEM, "Prove everything. Find the minimum integer such that x + y = 7.");
    feed(Role.USER, EVERYDAY.get(0));
    features.read(text);

    assertThat(classifier.score(features)).isEqualTo(alone);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Nora has 12 pears and buys 5 more. How many pears does she have now?",
        "A ticket costs $7. How much do 4 tickets cost?",
        "Tim reads 15 pages a day. How many pages does he read in two weeks?",
        "Jonas hat 20 Euro und kauft drei Hefte für je 2 Euro. Wie viel Geld bleibt ihm?",
        "Lucía compra 3 cajas de 6 huevos. ¿Cuántos huevos tiene?",
        "小王有8个橙子，吃了3个，还剩几个？",
        "What is 15% of 80?"
      })
  void score_easyArithmetic_staysCheap(String prompt) {
    assertThat(score(prompt)).isLessThan(classifier.shippedThreshold());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "There are four crates A, B, C and D. You may move one crate at a time, and only a crate "
            + "with nothing on top. Initial state: A is on B, B is on C, C and D are on the "
            + "floor. Goal state: D is on A and C is on D. Find the shortest plan of actions.",
        "Given an array of n integers and q queries, each query asks for the minimum number of "
            + "swaps that make the subarray from index l to index r non-decreasing. "
            + "1 <= n <= 100000. Print one integer for every query.",
        "Find the number of positive integers n <= 1000 such that n^2 + 3n + 5 is divisible by 7 "
            + "and the sum of the digits of n is prime.",
        "Fill the grid so that every row and every column has each of the digits 1 to 4 exactly "
            + "once:\n1 _ _ 4\n_ _ 1 _\n_ 3 _ _\n2 _ _ 3",
        "Let f be a polynomial with integer coefficients such that f(1) = 3 and f(4) = 9. Find the "
            + "smallest possible positive value of f(10).",
        "On an island every inhabitant is a knight or a knave. A says: B is a knave. B says: A and "
            + "C are of the same kind. What is C, if knights never lie?"
      })
  void score_puzzlesAndContests_areWorthReasoning(String prompt) {
    assertThat(score(prompt)).isGreaterThanOrEqualTo(classifier.shippedThreshold());
  }

  @Test
  void score_chatProgramsChore_staysCheap() {
    String chore =
        "### Task:\nGenerate a short title for the chat.\n<chat_history>\nUSER: Find the minimum"
            + " number of moves from the initial state to the goal state, if no two adjacent"
            + " cells may be equal.\n</chat_history>";

    assertThat(score(chore)).isLessThan(classifier.shippedThreshold());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n\n", "?", "{\"", "'", "\ud800", "a", "。"})
  void score_oddTexts_areCheapNumbers(String prompt) {
    assertThat(score(prompt)).isBetween(0.0, classifier.shippedThreshold());
  }

  @Test
  void score_sameText_isTheSameAfterAnother() {
    double first = score("Find the smallest prime p such that p + 2 and p + 6 are prime.");
    score("[[[ ((( 1 2 3 \n".repeat(2000));

    assertThat(score("Find the smallest prime p such that p + 2 and p + 6 are prime."))
        .isEqualTo(first);
  }

  @Test
  void explain_puzzle_namesStrongestFirst() {
    score("Find the minimum number of moves from the initial state to the goal state.");
    List<Signal> signals = classifier.explain(features, 8);

    assertThat(signals).hasSizeBetween(1, 8);
    assertThat(signals)
        .isSortedAccordingTo(Comparator.comparingDouble(signal -> -Math.abs(signal.weight())));
    assertThat(signals).extracting(Signal::name).contains("little but states, goals and moves");
    assertThat(classifier.explain(features, 2)).isEqualTo(signals.subList(0, 2));
  }

  @Test
  void expectedReasoningTokens_score_growsFromSmallTalkToPuzzles() {
    score("How are you?");

    assertThat(classifier.expectedReasoningTokens(features, 0)).isEqualTo(150);
    assertThat(classifier.expectedReasoningTokens(features, 1)).isEqualTo(4864);
    assertThat(classifier.expectedReasoningTokens(features, .7)).isBetween(151, 4863);
  }

  @Test
  void gainProbability_score_andBack() {
    for (double score = .01; score < 1; score += .01) {
      assertThat(classifier.scoreOfGain(classifier.gainProbability(score)))
          .isCloseTo(score, offset(1e-9));
    }
    assertThat(classifier.gainProbability(0)).isZero();
    assertThat(classifier.gainProbability(1)).isEqualTo(1);
  }

  private double score(String prompt) {
    text.reset();
    feed(Role.USER, prompt);
    features.read(text);
    return classifier.score(features);
  }

  private void feed(Role role, String words) {
    text.beginMessage();
    text.append(words);
    text.endMessage(role);
  }
}
