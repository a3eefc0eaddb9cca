import { describe, expect, test } from "vitest";
import { imbalance, miscounted } from "./ledger.ts";
import { arrives, unbrokenOrder } from "./order.ts";
import { mistakenDrops } from "./reports.ts";
import {
  acknowledge,
  answerCameToNothing,
  changedBytes,
  noTraffic,
  type Request,
  sentAgain,
} from "./traffic.ts";

const request = (name: string, ...operations: [key: string, bytes: string][]): Request => ({
  name,
  operations: operations.map(([key, bytes]) => ({ key, bytes })),
});

describe("traffic", () => {
  test("the same bytes again are fine, others are not", () => {
    const traffic = noTraffic();
    expect(changedBytes(traffic, request("#0", ["a", "1"], ["b", "2"]))).toEqual([]);
    expect(changedBytes(traffic, request("#1", ["a", "1"]))).toEqual([]);
    expect(changedBytes(traffic, request("#2", ["b", "3"]))).toEqual(["#2 changed b: 2 became 3"]);
  });

  test("an operation is in a request once", () => {
    expect(changedBytes(noTraffic(), request("#0", ["a", "1"], ["a", "1"]))).toEqual(["#0 carries a twice"]);
  });

  test("what was acknowledged is not sent again, unless the answer came to nothing", () => {
    const traffic = noTraffic();
    const first = request("#0", ["a", "1"]);
    const second = request("#1", ["a", "1"]);
    acknowledge(traffic, first);
    expect(sentAgain(traffic, second)).toEqual(["#1 sends 1 events again that #0 acknowledged"]);
    acknowledge(traffic, second);
    answerCameToNothing(traffic, first);
    expect(sentAgain(traffic, request("#2", ["a", "1"]))).toHaveLength(1);
    answerCameToNothing(traffic, second);
    expect(sentAgain(traffic, request("#3", ["a", "1"]))).toEqual([]);
  });
});

describe("the ledger", () => {
  const ledger = { accepted: 5, delivered: 2, dropped: { rejected: 1, rejected_by_server: 1 }, pending: 1 };

  test("adds up", () => {
    expect(imbalance(ledger)).toBe(0);
    expect(imbalance({ ...ledger, pending: 0 })).toBe(1);
    expect(miscounted({ ...ledger, accepted: 6 }, 3, 3)).toEqual([
      "ledger: 6 accepted is not 2 delivered + 2 dropped + 1 pending",
    ]);
  });

  test("agrees with the API, which may have more where answers were lost", () => {
    expect(miscounted(ledger, 3, 3)).toEqual([]);
    expect(miscounted(ledger, 1, 4)).toEqual([]);
    expect(miscounted(ledger, 4, 5)).toEqual([
      "ledger: 2 delivered + 1 rejected, but the API acknowledged 4 to 5",
    ]);
  });
});

test("first arrivals of a queue come in the order of the calls", () => {
  const order = unbrokenOrder();
  expect(arrives(order, "tab 1", 2)).toEqual([]);
  expect(arrives(order, "tab 2", 1)).toEqual([]);
  expect(arrives(order, "tab 1", 1)).toEqual(["1 after 2"]);
  expect(arrives(order, "tab 1", 3)).toEqual([]);
});

test("what was acknowledged is not reported as dropped, unless the API rejected some of its batch", () => {
  const acknowledged = new Set(["a", "b"]);
  expect(mistakenDrops(acknowledged, [{ type: "dropped", messageIds: ["a", "c"] }])).toHaveLength(1);
  expect(mistakenDrops(acknowledged, [{ type: "dropped", status: 202, messageIds: ["a"] }])).toEqual([]);
  expect(mistakenDrops(acknowledged, [{ type: "auth", messageIds: ["a"] }])).toEqual([]);
});
