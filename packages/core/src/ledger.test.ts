import { expect, test } from "vitest";
import { createLedger } from "./ledger.ts";

test("the books add up", () => {
  const ledger = createLedger();
  ledger.accept(10);
  ledger.deliver(4);
  ledger.drop("rejected", 1);
  ledger.drop("rejected", 2);
  ledger.drop("queue_full", 1);

  expect(ledger.stats(2)).toEqual({
    accepted: 10,
    delivered: 4,
    dropped: { rejected: 3, queue_full: 1 },
    pending: 2,
  });
  expect([ledger.delivered(), ledger.dropped()]).toEqual([4, 4]);
});

test("figures handed out do not change later", () => {
  const ledger = createLedger();
  const before = ledger.stats(0);
  ledger.accept(1);
  ledger.drop("rejected", 1);

  expect(before).toEqual({ accepted: 0, delivered: 0, dropped: {}, pending: 0 });
});
