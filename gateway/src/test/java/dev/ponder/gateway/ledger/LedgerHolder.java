package dev.ponder.gateway.ledger;

import java.nio.file.Path;

/** A process of its own that opens a ledger, sends some calls and waits to be killed. */
final class LedgerHolder {

  private LedgerHolder() {}

  public static void main(String[] arguments) throws Exception {
    SqliteLedger ledger = Disk.open(Path.of(arguments[0]));
    Purse purse = new Purse(ledger);
    purse.post(purse.send(1_000, Purse.call(1)), Purse.call(1), 700);
    purse.send(2_000, Purse.call(2));
    purse.reserve(4_000, Purse.NOON);
    System.out.write('!'); // ready
    System.out.flush();
    System.in.transferTo(System.out);
  }
}
