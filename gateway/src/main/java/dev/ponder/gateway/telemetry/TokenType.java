package dev.ponder.gateway.telemetry;

import dev.ponder.price.ModelPrice;
import dev.ponder.price.Money;
import dev.ponder.price.Usage;
import java.util.Locale;

/**
 * The disjoint kinds of tokens: the label {@code type}. Summed, they are the total; OpenTelemetry's
 * output tokens are {@code output} plus {@code output_reasoning}.
 */
enum TokenType {
  INPUT {
    @Override
    long tokens(Usage usage) {
      return usage.plainInputTokens();
    }

    @Override
    Money price(ModelPrice price) {
      return price.input();
    }
  },
  INPUT_CACHED {
    @Override
    long tokens(Usage usage) {
      return usage.cachedInputTokens();
    }

    @Override
    Money price(ModelPrice price) {
      return price.cachedInput();
    }
  },
  INPUT_CACHE_WRITE {
    @Override
    long tokens(Usage usage) {
      return usage.cacheWriteTokens();
    }

    @Override
    Money price(ModelPrice price) {
      return price.cacheWrite();
    }

    @Override
    long nanos(ModelPrice price, Usage usage) {
      return cost(
          usage.shortCacheWriteTokens(),
          price.cacheWrite(),
          usage.longCacheWriteTokens(),
          price.longCacheWrite());
    }

    @Override
    long unpriced(ModelPrice price, Usage usage) {
      return free(usage.shortCacheWriteTokens(), price.cacheWrite())
          + free(usage.longCacheWriteTokens(), price.longCacheWrite());
    }
  },
  OUTPUT {
    @Override
    long tokens(Usage usage) {
      return usage.visibleOutputTokens();
    }

    @Override
    Money price(ModelPrice price) {
      return price.output();
    }
  },
  OUTPUT_REASONING {
    @Override
    long tokens(Usage usage) {
      return usage.reasoningTokens();
    }

    @Override
    Money price(ModelPrice price) {
      return price.reasoning();
    }
  };

  /** Tokens that a price is quoted for. */
  private static final long QUOTED = 1_000_000L;

  private final String label = name().toLowerCase(Locale.ROOT);

  String label() {
    return label;
  }

  abstract long tokens(Usage usage);

  /** What they cost, but for those that have a price of their own. */
  abstract Money price(ModelPrice price);

  /** What all of them cost by this list, in nano-dollars, rounded down once. */
  long nanos(ModelPrice price, Usage usage) {
    return cost(tokens(usage), price(price), 0, Money.ZERO);
  }

  /** How many of them cost nothing. */
  long unpriced(ModelPrice price, Usage usage) {
    return free(tokens(usage), price(price));
  }

  private static long cost(long some, Money price, long others, Money otherPrice) {
    long whole = some / QUOTED * price.nanos() + others / QUOTED * otherPrice.nanos();
    long parts = some % QUOTED * price.nanos() + others % QUOTED * otherPrice.nanos();
    return whole + parts / QUOTED;
  }

  private static long free(long tokens, Money price) {
    return price.nanos() == 0 ? tokens : 0;
  }
}
