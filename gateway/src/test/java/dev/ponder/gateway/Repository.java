package dev.ponder.gateway;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The files of this repository as they stand on the disk, without what a build leaves behind. */
final class Repository {

  /** A text file: its path below the root with forward slashes, and its lines. */
  record Text(Path file, String path, String content) {

    List<String> lines() {
      return content.lines().toList();
    }

    boolean hasEnding(String... endings) {
      return Stream.of(endings).anyMatch(path::endsWith);
    }

    boolean isMainJava() {
      return path.contains("/src/main/java/") && path.endsWith(".java");
    }
  }

  private static final Set<String> FOLDERS =
      Set.of("gateway", "policies", "dashboards", "deploy", ".ci");

  private static final Set<String> LEFT_BEHIND =
      Set.of(
          "target", "node_modules", ".git", ".idea", ".vscode", ".jqwik-database", "__pycache__");

  private static final long LARGEST_TEXT = 4L << 20;

  private final Path root;
  private final List<Text> texts = new ArrayList<>();

  private Repository(Path root) {
    this.root = root;
  }

  /** Reads all text files; those larger than 4 MiB or with a zero byte are no text. */
  static Repository read() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(root.resolve("policies"))
        || !Files.isDirectory(root.resolve("gateway"))) {
      root = root.getParent();
      if (root == null) {
        throw new IllegalStateException("no folder above has both policies and gateway");
      }
    }
    Repository repository = new Repository(root);
    try {
      repository.visit(root, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return repository;
  }

  List<Text> texts() {
    return texts;
  }

  List<Text> texts(String... endings) {
    return texts.stream().filter(text -> text.hasEnding(endings)).toList();
  }

  /**
   * The names at the top level that git knows; empty without git.
   *
   * @throws IOException when git cannot be run
   */
  Set<String> trackedTopLevel() throws IOException, InterruptedException {
    Process git =
        new ProcessBuilder("git", "ls-files", "-z")
            .directory(root.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String out = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!git.waitFor(20, TimeUnit.SECONDS) || git.exitValue() != 0) {
      return Set.of();
    }
    return Stream.of(out.split("\0"))
        .filter(path -> !path.isEmpty())
        .map(path -> path.split("/", 2)[0])
        .collect(Collectors.toUnmodifiableSet());
  }

  private void visit(Path folder, String prefix) throws IOException {
    List<Path> entries;
    try (Stream<Path> listed = Files.list(folder)) {
      entries = listed.sorted().toList();
    }
    for (Path entry : entries) {
      String name = String.valueOf(entry.getFileName());
      if (Files.isSymbolicLink(entry) || LEFT_BEHIND.contains(name)) {
        continue;
      }
      if (Files.isDirectory(entry)) {
        if (!prefix.isEmpty() || FOLDERS.contains(name)) {
          visit(entry, prefix + name + "/");
        }
      } else if (Files.size(entry) <= LARGEST_TEXT) {
        String content = new String(Files.readAllBytes(entry), StandardCharsets.UTF_8);
        if (content.indexOf('\0') < 0) {
          texts.add(new Text(entry, prefix + name, content));
        }
      }
    }
  }
}
