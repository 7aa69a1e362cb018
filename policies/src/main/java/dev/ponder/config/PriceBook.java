package dev.ponder.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What well-known models charge and can do, each fact with its source and date. */
public final class PriceBook {

  private static final String RESOURCE = "prices.yaml";

  private final List<Entry> entries;
  private final Map<String, List<Entry>> byId = new HashMap<>();

  /**
   * One model.
   *
   * @param modelId what its provider calls it
   * @param aliases other ids of the same model at the same price
   * @param hosts where this price holds; empty: wherever this id is served
   * @param facts what it charges and takes; the price is present
   * @param source the page that says so
   * @param asOf when that page was last looked at
   */
  record Entry(
      String modelId,
      Set<String> aliases,
      Set<String> hosts,
      ModelFacts facts,
      String source,
      LocalDate asOf) {

    boolean holdsAt(String host) {
      return hosts.isEmpty() || hosts.contains(host.toLowerCase(Locale.ROOT));
    }
  }

  private PriceBook(List<Entry> entries) {
    this.entries = List.copyOf(entries);
    for (Entry entry : entries) {
      byId.computeIfAbsent(entry.modelId(), id -> new ArrayList<>()).add(entry);
      for (String alias : entry.aliases()) {
        byId.computeIfAbsent(alias, id -> new ArrayList<>()).add(entry);
      }
    }
  }

  /** A book that knows no model: every configured model must name its price. */
  public static PriceBook empty() {
    return new PriceBook(List.of());
  }

  /** The book that this version ships: {@code policies/prices.yaml}. */
  public static PriceBook bundled() {
    try (InputStream in = PriceBook.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + ": not in the jar");
      }
      return parse(RESOURCE, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a price file.
   *
   * @throws IllegalArgumentException listing all mistakes, if there are any
   */
  public static PriceBook parse(String fileName, String yaml) {
    Problems problems = new Problems(fileName);
    List<Entry> entries = PriceBookReader.read(yaml, problems);
    if (problems.hasErrors()) {
      List<String> lines = problems.inOrder().stream().map(Problem::toString).toList();
      throw new IllegalArgumentException(String.join("\n", lines));
    }
    return new PriceBook(entries);
  }

  /**
   * What is known of a model at a server.
   *
   * @param host the server's name; empty if it is not known
   * @param modelId what that server calls it
   */
  Optional<Entry> find(String host, String modelId) {
    return byId.getOrDefault(modelId, Collections.emptyList()).stream()
        .filter(entry -> entry.holdsAt(host))
        .findFirst();
  }

  /** All models, in the order of the file. */
  List<Entry> entries() {
    return entries;
  }
}
