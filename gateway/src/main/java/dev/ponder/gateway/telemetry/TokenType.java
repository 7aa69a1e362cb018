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

  private final String label = name().toLowerCase(Locale.ROOT);

  String label() {
    return label;
  }

  abstract long tokens(Usage usage);

  abstract Money price(ModelPrice price);
}
