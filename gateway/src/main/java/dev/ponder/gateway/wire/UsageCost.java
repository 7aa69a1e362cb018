package dev.ponder.gateway.wire;

import dev.ponder.price.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code usage} object says that the answer costs, exactly, in nano-dollars; what is beyond
 * is rounded half up.
 *
 * <table>
 *   <caption>Who tells it how</caption>
 *   <tr><td>{@code cost: 0.00014}</td><td>dollars, OpenRouter</td></tr>
 *   <tr><td>{@code is_byok: true}</td><td>{@code cost} is the fee only, and {@code
 *       cost_details.upstream_inference_cost} comes on top of it</td></tr>
 *   <tr><td>{@code cost: {total_cost: 0.006}}</td><td>dollars, Perplexity</td></tr>
 *   <tr><td>{@code cost_in_usd_ticks: 37756000}</td><td>1e-10 dollars each, xAI</td></tr>
 * </table>
 *
 * <p>Of several costs the dearest counts.
 */
final class UsageCost {

  /** What is no amount of money: a negative one, or something else than a number. */
  private static final Money NO_AMOUNT = Money.ofNanos(-1);

  private static final int DIGITS_MAX = 40;

  /** A billion dollars: no call comes near it. */
  private static final BigDecimal NANOS_MAX = BigDecimal.valueOf(1_000_000_000_000_000_000L);

  /** How far a point has to be moved to get from a unit to nano-dollars. */
  private static final int DOLLARS = 9;

  private static final int TICKS = -1;

  private static final KnownNames NAMES =
      new KnownNames("cost", "cost_in_usd_ticks", "is_byok", "cost_details");

  private static final byte[] TOTAL = JsonCursor.ascii("total_cost");
  private static final byte[] BEHIND = JsonCursor.ascii("upstream_inference_cost");

  private final JsonCursor cursor;

  private @Nullable Money told;
  private @Nullable Money behind;
  private boolean feeOnly;

  /** Of a usage under the cursor. */
  UsageCost(JsonCursor cursor) {
    this.cursor = cursor;
  }

  void clear() {
    told = null;
    behind = null;
    feeOnly = false;
  }

  /** Null when nothing is said; negative when what is said is no amount of money. */
  @Nullable Money amount() {
    Money said = told;
    Money more = behind;
    if (said == null || !feeOnly) {
      return said;
    }
    if (more == null) {
      return null; // the provider behind it sends its own bill
    }
    return said.nanos() < 0 || more.nanos() < 0 ? NO_AMOUNT : said.plus(more);
  }

  /** Reads the current member of the usage, if it is about the cost; else it reads nothing. */
  boolean member() {
    String name = cursor.nextIs('n') ? null : NAMES.find(cursor.span());
    if (name == null) {
      return false;
    }
    switch (name) {
      case "cost" -> {
        if (cursor.nextIs('{')) {
          Money total = inside(TOTAL);
          told = total == null ? told : dearer(told, total);
        } else {
          told = dearer(told, number(DOLLARS));
        }
      }
      case "cost_in_usd_ticks" -> told = dearer(told, number(TICKS));
      case "cost_details" -> {
        if (cursor.nextIs('{')) {
          Money more = inside(BEHIND);
          behind = more == null ? behind : dearer(behind, more);
        } else {
          cursor.skipValue();
        }
      }
      default -> {
        feeOnly |= cursor.nextIs('t');
        cursor.skipValue();
      }
    }
    return true;
  }

  private @Nullable Money inside(byte[] wanted) {
    Money found = null;
    for (boolean more = cursor.firstMember(); more; more = cursor.nextMember()) {
      if (cursor.nameIs(wanted) && !cursor.nextIs('n')) {
        found = dearer(found, number(DOLLARS));
      } else {
        cursor.skipValue();
      }
    }
    return found;
  }

  private static Money dearer(@Nullable Money before, Money now) {
    return before == null || now.compareTo(before) > 0 ? now : before;
  }

  private Money number(int places) {
    boolean number = cursor.nextIsNumber();
    int from = cursor.at();
    cursor.skipValue();
    int to = cursor.at();
    return number && to - from <= DIGITS_MAX ? amount(cursor.excerpt(from, to), places) : NO_AMOUNT;
  }

  private static Money amount(String number, int places) {
    BigDecimal value;
    try {
      value = new BigDecimal(number);
    } catch (NumberFormatException e) { // an exponent beyond all measure
      return NO_AMOUNT;
    }
    long magnitude = (long) value.precision() - value.scale();
    if (value.signum() < 0 || magnitude > DIGITS_MAX) {
      return value.signum() == 0 ? Money.ZERO : NO_AMOUNT;
    }
    if (magnitude < -DIGITS_MAX) { // far below what is rounded to nothing
      return Money.ZERO;
    }
    BigDecimal nanos = value.movePointRight(places).setScale(0, RoundingMode.HALF_UP);
    return nanos.compareTo(NANOS_MAX) > 0 ? NO_AMOUNT : Money.ofNanos(nanos.longValueExact());
  }
}
