package dev.ponder.gateway.cli;

import java.util.Set;

/**
 * A prompt to train on.
 *
 * @param source its source, or {@code composed} for one made of several
 * @param group what calibration never parts
 * @param kind its kind, as the source says
 * @param uses the sources whose words it contains
 * @param prompt its text
 * @param target the probability of a gain, 0..1
 */
record TrainingRow(
    String source, String group, String kind, Set<String> uses, String prompt, double target) {}
