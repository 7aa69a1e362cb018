package dev.ponder.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which verbs are read, by what the first argument is. */
class MainTest {

  @Test
  void commandLine_ofAVerb_readsThatOneAlone() {
    Set<String> verbs = Main.commandLine().getSubcommands().keySet();
    assertThat(verbs).hasSize(12).contains("serve", "demo", "version");
    for (String verb : verbs) {
      assertThat(Main.commandLine(verb).getSubcommands()).containsOnlyKeys(verb);
    }
    assertThat(Main.commandLine("serve").getUsageMessage()).contains("Usage: ponder");
  }

  @Test
  void commandLine_ofAnythingElse_readsAll() {
    for (String word : new String[] {"--help", "-V", "serv", ""}) {
      assertThat(Main.commandLine(word).getSubcommands()).as(word).hasSize(12);
    }
  }
}
