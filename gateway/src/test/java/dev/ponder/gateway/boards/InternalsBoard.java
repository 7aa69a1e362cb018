package dev.ponder.gateway.boards;

import static dev.ponder.gateway.boards.Panel.lines;
import static dev.ponder.gateway.boards.Panel.stat;
import static dev.ponder.gateway.boards.Panel.table;
import static dev.ponder.gateway.boards.Unit.AGO;
import static dev.ponder.gateway.boards.Unit.BYTES;
import static dev.ponder.gateway.boards.Unit.COUNT;
import static dev.ponder.gateway.boards.Unit.PER_SECOND;
import static dev.ponder.gateway.boards.Unit.SECONDS;
import static dev.ponder.gateway.boards.Unit.SHARE;

import dev.ponder.gateway.boards.Board.Row;
import dev.ponder.gateway.boards.Panel.Scale;
import java.util.List;

/** The gateway itself: what it adds, and how it fares. */
final class InternalsBoard {

  private InternalsBoard() {}

  static Board board() {
    return new Board(
        "ponder-internals",
        "Internals",
        "What the gateway itself adds, and how it fares.",
        List.of(),
        List.of(overhead(), ledger(), configuration(), process()));
  }

  private static Row overhead() {
    return Row.of(
        "Overhead",
        lines(
                "Added by the gateway",
                SECONDS,
                "From a request's last byte to the end of its answer, without the upstreams' part.")
            .warns(Scale.OVERHEAD)
            .quantiles("ponder_overhead_seconds{phase=\"total\"}", "", 50, 99),
        lines("Added, p99 by phase", SECONDS, "Where that time goes.")
            .quantiles("ponder_overhead_seconds{phase!~\"total|queue\"}", "phase", 99),
        lines(
                "Event loops, how late",
                SECONDS,
                "How late a timer is that each loop sets itself ten times a second, p99. All"
                    + " requests of a loop wait that long.")
            .warns(Scale.OVERHEAD)
            .quantiles("ponder_event_loop_lag_seconds", "loop", 99),
        lines(
                "Wait for money",
                SECONDS,
                "Of requests that waited for what running calls held. It is no part of what the"
                    + " gateway adds.")
            .quantiles("ponder_overhead_seconds{phase=\"queue\"}", "", 50, 99));
  }

  private static Row ledger() {
    return Row.of(
        "Ledger and logs",
        lines(
                "Commits of the ledger",
                SECONDS,
                "Each is of many entries; answers do not wait for it.")
            .quantiles("ponder_budget_store_duration_seconds", "store", 50, 99),
        lines("Commits by outcome", PER_SECOND, "A failed one is tried again, and counted again.")
            .rates("ponder_budget_store_operations_total", "store, outcome"),
        lines("How far the disk is behind", SECONDS, "Since all that had happened was durable.")
            .query(
                "{{instance}}",
                "time() - max by (instance) (ponder_budget_store_last_sync_timestamp_seconds)"),
        lines(
                "Entries that wait for the disk",
                COUNT,
                "At 50,000 no more calls with a budget are made.")
            .query("{{instance}}", "max by (instance) (ponder_ledger_backlog)"),
        lines("Log lines dropped", COUNT, "Their sink was too slow. Answers never wait for it.")
            .warns(Scale.ANY)
            .query(
                "{{sink}}",
                "sum by (sink) (increase(ponder_log_events_dropped_total[$__rate_interval]))"),
        lines("Label values under _other", COUNT, "There are more than a label may have.")
            .warns(Scale.ANY)
            .query("{{label}}", "max by (label) (ponder_label_overflow_total)"));
  }

  private static Row configuration() {
    return Row.of(
        "Configuration",
        stat("Loaded", AGO, "When the configuration that serves was loaded.")
            .wide(8)
            .query(
                "{{instance}}",
                "max by (instance) (ponder_config_last_reload_success_timestamp_seconds) * 1000"),
        stat("Refused", COUNT, "Replicas whose last reload was refused: they serve the old one.")
            .warns(Scale.ANY)
            .wide(8)
            .query("refused", "sum(1 - ponder_config_reload_successful)"),
        stat("Series", COUNT, "Samples in a scrape of one replica. It stays bounded.")
            .wide(8)
            .query("{{instance}}", "scrape_samples_post_metric_relabeling"),
        lines("Reloads", COUNT, "By what came of them.")
            .query(
                "{{result}}",
                "sum by (result) (increase(ponder_config_reloads_total[$__rate_interval]))"),
        table("Builds running", COUNT, "More than one during a roll-out only.")
            .wide(12)
            .query("replicas", COUNT, "count by (version, revision, java) (ponder_build_info)"));
  }

  private static Row process() {
    return Row.folded(
        "Process",
        lines("Processor", SHARE, "Of all cores.")
            .query("{{instance}}", "max by (instance) (process_cpu_usage)"),
        lines("Heap", BYTES, "Used, and the most there may be.")
            .query("{{instance}} used", "sum by (instance) (jvm_memory_used_bytes{area=\"heap\"})")
            .query(
                "{{instance}} most", "sum by (instance) (jvm_memory_max_bytes{area=\"heap\"} > 0)"),
        lines("Time in collections", SHARE, "Seconds of a second.")
            .query(
                "{{instance}}",
                "sum by (instance) (rate(jvm_gc_pause_seconds_sum[$__rate_interval]))"),
        lines("Threads", COUNT, "Of the JVM.")
            .query("{{instance}}", "max by (instance) (jvm_threads_live_threads)"));
  }
}
