package dev.ponder.gateway.upstream;

/** A call of a deployment that was let through; it must end. For one thread. */
public final class Permit {

  private final DeploymentState deployment;
  private final int era;
  private boolean over;

  Permit(DeploymentState deployment, int era) {
    this.deployment = deployment;
    this.era = era;
  }

  /** What an end says of a deployment. */
  public enum Verdict {
    /** It did what it should: also where it refuses a request that is wrong. */
    GOOD,
    /** It failed. */
    BAD,
    /** Nothing: the call was given up. */
    NONE
  }

  /** The deployment that is called. */
  public DeploymentState deployment() {
    return deployment;
  }

  /** A part of a good answer came, though it may still break off. */
  public void answers() {
    deployment.breaker().answers(era);
  }

  /** The call is over; from the second time on nothing happens. */
  public void end(Verdict verdict, long nowNanos) {
    if (over) {
      return;
    }
    over = true;
    switch (verdict) {
      case GOOD -> deployment.breaker().succeeded(era, nowNanos);
      case BAD -> deployment.breaker().failed(era, nowNanos);
      case NONE -> deployment.breaker().gaveUp(era);
    }
    deployment.ended();
  }
}
