package dev.ponder.gateway.telemetry;

import static dev.ponder.gateway.telemetry.Metric.counter;
import static dev.ponder.gateway.telemetry.Metric.gauge;
import static dev.ponder.gateway.telemetry.Metric.histogram;
import static dev.ponder.gateway.telemetry.Metric.info;

import java.util.List;

/** The catalogue's part about the gateway itself. */
final class ProcessMetrics {

  private static final double[] SECONDS_LAG = {
    .001, .002_5, .005, .01, .025, .05, .1, .25, .5, 1, 2.5
  };

  static final Metric LAG =
      histogram(
          "ponder_event_loop_lag_seconds",
          SECONDS_LAG,
          "How late a timer is that every event loop of the API sets itself ten times a second.",
          Label.LOOP);
  static final Metric OVERFLOW =
      counter(
          "ponder_label_overflow_total",
          "Label values beyond their limit, put under `_other`; configured names are counted at"
              + " each load of the configuration.",
          Label.OVERFLOWN);
  static final Metric DROPPED =
      counter(
          "ponder_log_events_dropped_total",
          "Lines lost because their sink was too slow, and spans that the collector did not get.",
          Label.SINK);
  static final Metric RELOADS =
      counter(
          "ponder_config_reloads_total",
          "Attempts to load the configuration, the first included.",
          Label.RELOAD_RESULT);
  static final Metric RELOAD_SUCCESSFUL =
      gauge("ponder_config_reload_successful", "1 if the last attempt succeeded, else 0.");
  static final Metric RELOAD_TIME =
      gauge("ponder_config_last_reload_success_timestamp_seconds", "When one last did.");
  static final Metric BUILD =
      info("ponder_build_info", "Always 1.", Label.VERSION, Label.REVISION, Label.JAVA);

  private ProcessMetrics() {}

  static List<Metric> all() {
    return List.of(LAG, OVERFLOW, DROPPED, RELOADS, RELOAD_SUCCESSFUL, RELOAD_TIME, BUILD);
  }
}
