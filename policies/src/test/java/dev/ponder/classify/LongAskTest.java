package dev.ponder.classify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LongAskTest {

  private static final String STORY =
      "The ferry left at nine and came back at noon. Nobody had seen the dog. ".repeat(12);

  private final LongAsk ask = new LongAsk();
  private final SurfaceScan scan = new SurfaceScan();

  @Test
  void find_requestAboveTheText_isFoundAlone() {
    assertThat(wordsOf("Summarize this for my aunt.\n\n" + STORY)).isEqualTo(5);
  }

  @Test
  void find_questionBelowTheText_isFoundAlone() {
    assertThat(wordsOf(STORY + "\n\nWhere was the dog?")).isEqualTo(4);
  }

  @Test
  void find_lastLineOfALongParagraph_isFoundAlone() {
    assertThat(wordsOf(STORY + "\nWhere was the dog?")).isEqualTo(4);
  }

  @Test
  void find_bothEnds_areReadAsOne() {
    assertThat(wordsOf("Summarize this for my aunt.\n" + STORY + "\n\nWhere was the dog?"))
        .isEqualTo(9);
  }

  @Test
  void find_linesThatAskNothing_areNoRequest() {
    assertThat(find("The Ferry\n\n" + STORY + "\n\nThe end.")).isFalse();
  }

  @Test
  void find_oneParagraph_isNoRequestHoweverItEnds() {
    assertThat(find(STORY + "Where was the dog?")).isFalse();
  }

  @Test
  void find_paragraphJustTooLong_isPartOfTheText() {
    String question = "x".repeat(LongAsk.LONGEST - 5) + " who?";
    assertThat(find(STORY + "\n\n" + question.substring(1))).isTrue();
    assertThat(find(STORY + "\n\n" + question)).isFalse();
  }

  @Test
  void find_nothingButLineBreaks_isNoRequest() {
    assertThat(find("\n".repeat(2000))).isFalse();
    assertThat(find("")).isFalse();
    assertThat(find("?")).isFalse();
  }

  private boolean find(String text) {
    return ask.find(text.toCharArray(), text.length());
  }

  private int wordsOf(String text) {
    assertThat(find(text)).isTrue();
    ask.readBy(scan);
    return scan.counts()[SurfaceScan.WORDS];
  }
}
