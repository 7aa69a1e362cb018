package dev.ponder.gateway.ledger;

import dev.ponder.budget.AccountKey;
import dev.ponder.budget.Reservation.Share;
import dev.ponder.price.Usage;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The connection that writes the ledger: entries and the balances they change, in one transaction.
 *
 * <p>For one thread at a time. After an {@link SQLException} nothing of the batch is there.
 */
final class LedgerDatabase implements AutoCloseable {

  /** The shares of a call that no budget is charged for. */
  static final long UNBUDGETED = 0;

  /** Beyond it the memory of ids is emptied: windows come and go. */
  private static final int REMEMBERED_MAX = 20_000;

  private static final String INSERT =
      "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT DO NOTHING";

  private static final String POST = "UPDATE balance SET posted = posted + ? WHERE id = ?";

  private static final long[] NO_BALANCES = {};

  private static final String COUNT = "UPDATE ledger SET commits = ?, unbudgeted = unbudgeted + ?";

  /** Who called whom, once for all the calls of the same kind. */
  private record Label(String key, String team, String route, String model, String deployment) {}

  /** A set of balances that calls are posted to, and what the rows of a batch add to each. */
  private static final class SetId {

    static final SetId NONE = new SetId(UNBUDGETED, new long[0]);

    final long id;
    final long[] balances;
    long posted;

    SetId(long id, long[] balances) {
      this.id = id;
      this.balances = balances;
    }
  }

  private final Path path;
  private final Map<Label, Long> labels = new HashMap<>();
  private final Map<Share, Long> balances = new HashMap<>();
  private final Map<List<Share>, SetId> sets = new HashMap<>();
  private Connection connection;
  private PreparedStatement insert;
  private PreparedStatement update;
  private PreparedStatement count;
  private long commits;
  private long unbudgeted; // what the transaction adds to what no balance has
  private boolean broken;
  private volatile long pagesMax;

  private LedgerDatabase(Path path, Connection connection) throws SQLException {
    this.path = path;
    this.connection = connection;
    this.insert = connection.prepareStatement(INSERT);
    this.update = connection.prepareStatement(POST);
    this.count = connection.prepareStatement(COUNT);
    this.commits = LedgerSchema.number(connection, "SELECT commits FROM ledger");
  }

  static LedgerDatabase open(Path path) throws SQLException {
    Connection connection = LedgerSchema.writer(path);
    try {
      return new LedgerDatabase(path, connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  Connection connection() {
    return connection;
  }

  /**
   * Writes entries and what else there is to keep, and returns when all of it is on the disk. An
   * entry that is there already is left as it is.
   */
  void write(List<LedgerRow> rows, Map<AccountKey, String> pacers, Map<String, Long> capBreakers)
      throws SQLException {
    try {
      begin();
      insert(rows);
      keep(pacers, capBreakers);
      commit();
    } catch (SQLException | RuntimeException e) {
      failed();
      throw e;
    }
    if (labels.size() + balances.size() + sets.size() > REMEMBERED_MAX) {
      forget();
    }
  }

  /**
   * Begins to write. By hand, because the driver would begin the next transaction as soon as one is
   * committed, and keep everybody else from writing until there is something to write.
   */
  void begin() throws SQLException {
    mend();
    if (pagesMax != 0) {
      execute("PRAGMA max_page_count = " + pagesMax);
    }
    execute("BEGIN IMMEDIATE");
  }

  /** Connects anew if something failed; {@link #begin} does it, too. */
  void mend() throws SQLException {
    if (broken) {
      reconnect();
    }
  }

  /** What failed once is not trusted: neither the connection, nor statements that were in use. */
  private void reconnect() throws SQLException {
    connection.close();
    connection = LedgerSchema.writer(path);
    insert = connection.prepareStatement(INSERT);
    update = connection.prepareStatement(POST);
    count = connection.prepareStatement(COUNT);
    commits = LedgerSchema.number(connection, "SELECT commits FROM ledger");
    broken = false;
  }

  /** Commits what was written, and counts it. */
  void commit() throws SQLException {
    count.setLong(1, commits + 1);
    count.setLong(2, unbudgeted);
    count.executeUpdate();
    execute("COMMIT");
    commits++;
    unbudgeted = 0;
  }

  /** How many transactions were committed since the ledger was begun. */
  long commits() {
    return commits;
  }

  /** Forgets which ids things have: some of them may be gone. */
  void forget() {
    labels.clear();
    balances.clear();
    sets.clear();
  }

  /** Takes back what was written since {@link #begin}. */
  void rollBack() throws SQLException {
    unbudgeted = 0;
    forget(); // ids that were given in the transaction are not there any more
    execute("ROLLBACK");
  }

  /** Something went wrong: nothing since {@link #begin} is kept, and the next begin starts anew. */
  void failed() {
    broken = true;
    try {
      rollBack();
    } catch (SQLException e) {
      // SQLite ends a transaction by itself after some errors; closing ends the others
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /**
   * Inserts rows and posts their amounts. In one batch: it is the cheapest that the driver has, and
   * a call less into SQLite for each row.
   */
  private void insert(List<LedgerRow> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    SetId[] sets = new SetId[rows.size()];
    for (int i = 0; i < sets.length; i++) {
      sets[i] = set(rows.get(i).shares());
      bind(rows.get(i), sets[i].id);
      insert.addBatch();
    }
    int[] inserted = insert.executeBatch();
    Map<Long, Long> posted = new HashMap<>();
    for (int i = 0; i < sets.length; i++) {
      if (inserted[i] != 1) {
        continue; // it was there already
      }
      if (sets[i] == SetId.NONE) {
        unbudgeted = Math.addExact(unbudgeted, rows.get(i).entry().amount().nanos());
      } else {
        sets[i].posted = Math.addExact(sets[i].posted, rows.get(i).entry().amount().nanos());
      }
    }
    for (SetId set : sets) {
      for (long balance : set.posted == 0 ? NO_BALANCES : set.balances) {
        posted.merge(balance, set.posted, Math::addExact);
      }
      set.posted = 0;
    }
    post(posted);
  }

  private void bind(LedgerRow row, long set) throws SQLException {
    CallRecord call = row.call();
    Usage usage = row.entry().usage();
    int at = 0;
    insert.setLong(++at, row.entry().reservation());
    insert.setInt(++at, row.entry().sequence());
    insert.setLong(++at, call.openedMillis());
    insert.setString(++at, call.requestId());
    insert.setInt(++at, call.attempt());
    insert.setLong(++at, label(call));
    insert.setInt(++at, EntryCodes.code(row.entry().state()));
    insert.setInt(++at, EntryCodes.code(row.entry().source()));
    insert.setLong(++at, row.reserved());
    insert.setLong(++at, row.entry().amount().nanos());
    insert.setLong(++at, call.cap());
    insert.setLong(++at, usage.inputTokens());
    insert.setLong(++at, usage.cachedInputTokens());
    insert.setLong(++at, usage.cacheWriteTokens());
    insert.setLong(++at, usage.outputTokens());
    insert.setLong(++at, usage.reasoningTokens());
    insert.setLong(++at, set);
  }

  private void post(Map<Long, Long> posted) throws SQLException {
    if (posted.isEmpty()) {
      return;
    }
    for (Map.Entry<Long, Long> amount : posted.entrySet()) {
      update.setLong(1, amount.getValue());
      update.setLong(2, amount.getKey());
      update.addBatch();
    }
    update.executeBatch();
  }

  private void keep(Map<AccountKey, String> pacers, Map<String, Long> capBreakers)
      throws SQLException {
    if (!pacers.isEmpty()) {
      try (PreparedStatement put =
          connection.prepareStatement("INSERT OR REPLACE INTO pacer VALUES (?, ?, ?, ?)")) {
        for (Map.Entry<AccountKey, String> pacer : pacers.entrySet()) {
          put.setString(1, pacer.getKey().policy());
          put.setInt(2, EntryCodes.code(pacer.getKey().each()));
          put.setString(3, pacer.getKey().owner());
          put.setString(4, pacer.getValue());
          put.executeUpdate();
        }
      }
    }
    if (!capBreakers.isEmpty()) {
      try (PreparedStatement put =
          connection.prepareStatement("INSERT OR REPLACE INTO cap_breaker VALUES (?, ?)")) {
        for (Map.Entry<String, Long> model : capBreakers.entrySet()) {
          put.setString(1, model.getKey());
          put.setLong(2, model.getValue());
          put.executeUpdate();
        }
      }
    }
  }

  private long label(CallRecord call) throws SQLException {
    Label label = new Label(call.key(), call.team(), call.route(), call.model(), call.deployment());
    Long known = labels.get(label);
    if (known == null) {
      known =
          id(
              "INSERT INTO label(key, team, route, model, deployment) VALUES (?, ?, ?, ?, ?)"
                  + " ON CONFLICT DO UPDATE SET key = key RETURNING id",
              label.key,
              label.team,
              label.route,
              label.model,
              label.deployment);
      labels.put(label, known);
    }
    return known;
  }

  private long balance(Share share) throws SQLException {
    Long known = balances.get(share);
    if (known == null) {
      known =
          id(
              "INSERT INTO balance(policy, each, owner, period, starts, ends, limit_nanos,"
                  + " posted, rolled) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)"
                  + " ON CONFLICT DO UPDATE SET limit_nanos = excluded.limit_nanos RETURNING id",
              share.account().policy(),
              EntryCodes.code(share.account().each()),
              share.account().owner(),
              share.period().id(),
              share.period().start().toEpochMilli(),
              share.period().end().toEpochMilli(),
              share.limit().nanos());
      balances.put(share, known);
    }
    return known;
  }

  /** The id of a set of balances; the set itself is their ids as a JSON array. */
  private SetId set(List<Share> shares) throws SQLException {
    if (shares.isEmpty()) {
      return SetId.NONE;
    }
    SetId known = sets.get(shares);
    if (known == null) {
      long[] ids = new long[shares.size()];
      long ends = 0;
      for (int i = 0; i < ids.length; i++) {
        ids[i] = balance(shares.get(i));
        ends = Math.max(ends, shares.get(i).period().end().toEpochMilli());
      }
      Arrays.sort(ids);
      String text =
          Arrays.stream(ids).mapToObj(Long::toString).collect(Collectors.joining(",", "[", "]"));
      long id =
          id(
              "INSERT INTO shares(balances, ends) VALUES (?, ?)"
                  + " ON CONFLICT DO UPDATE SET ends = excluded.ends RETURNING id",
              text,
              ends);
      known = new SetId(id, ids);
      sets.put(shares, known);
    }
    return known;
  }

  private long id(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("no id returned (expected: one): " + sql);
        }
        return row.getLong(1);
      }
    }
  }

  /** How many pages the file may have, from the next transaction on: so that tests can fill it. */
  void limitPages(long pages) {
    pagesMax = pages;
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
