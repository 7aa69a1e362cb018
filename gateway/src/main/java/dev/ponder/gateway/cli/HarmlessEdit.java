package dev.ponder.gateway.cli;

import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.BiFunction;

/**
 * A change of a prompt that changes nothing about the question, so that it must not change the
 * tier.
 *
 * @param name what reports call it
 * @param change the prompt after the change; dice for those that need them
 */
record HarmlessEdit(String name, BiFunction<String, Random, String> change) {

  private static final double TYPO_SHARE = 0.02;

  /** The edits that every report measures. */
  static final List<HarmlessEdit> ALL =
      List.of(
          appended("format", "Please answer in two short paragraphs."),
          appended("JSON", "Return only valid JSON: {\"answer\": \"...\", \"confidence\": 0.9}"),
          appended("politeness", "Thank you very much in advance for your help!"),
          appended("step by step", "Let's think step by step."),
          appended("very hard", "This is very hard, think carefully before you answer."),
          appended("signature", "--\nKim Ferris\nHead of Logistics\n+49 30 1234567"),
          new HarmlessEdit("code fence", (prompt, dice) -> "```\n" + prompt + "\n```"),
          new HarmlessEdit("lower case", (prompt, dice) -> prompt.toLowerCase(Locale.ROOT)),
          new HarmlessEdit("white space", (prompt, dice) -> "  " + prompt + " \n\n"),
          new HarmlessEdit("2 % typos", HarmlessEdit::typos));

  private static HarmlessEdit appended(String name, String phrase) {
    return new HarmlessEdit(name, (prompt, dice) -> prompt + "\n" + phrase);
  }

  /** Neighbours swapped, as hasty fingers do. */
  private static String typos(String prompt, Random dice) {
    char[] text = prompt.toCharArray();
    for (int i = 0; i + 1 < text.length; i++) {
      boolean letters = Character.isLetter(text[i]) && Character.isLetter(text[i + 1]);
      if (letters && dice.nextDouble() < TYPO_SHARE) {
        char swapped = text[i];
        text[i] = text[i + 1];
        text[i + 1] = swapped;
        i++;
      }
    }
    return new String(text);
  }
}
