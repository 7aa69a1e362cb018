package dev.ponder.budget;

/**
 * Whose money it is: a policy's budget, or one team's or key's share of it.
 *
 * @param policy the policy's name
 * @param each whose limit it is
 * @param owner the team or key; empty for {@link Budget.Each#ALL}
 */
public record AccountKey(String policy, Budget.Each each, String owner) {

  public AccountKey {
    if (policy.isEmpty()) {
      throw new IllegalArgumentException("policy: empty (expected: a name)");
    }
    if (each == Budget.Each.ALL && !owner.isEmpty()) {
      throw new IllegalArgumentException("owner: " + owner + " (expected: empty, all share it)");
    }
  }

  /** {@code POLICY}, {@code POLICY/team:NAME} or {@code POLICY/key:NAME}. */
  @Override
  public String toString() {
    return switch (each) {
      case ALL -> policy;
      case TEAM -> policy + "/team:" + owner;
      case KEY -> policy + "/key:" + owner;
    };
  }
}
