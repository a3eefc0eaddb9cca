import { describe, expect, it } from "vitest";
import { type Evidence, reconcile } from "./reconcile.ts";

const COUNTS = { identify: 10, signed_in: 10, order_placed: 5 };

/** A run in which everything agrees: one of the six orders was dropped at the call. */
function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    sent: { ...COUNTS, order_placed: 6 },
    failures: [],
    stats: { accepted: 26, delivered: 25, dropped: { unserializable: 1 }, pending: 0 },
    ledger: {
      accepted: { ...COUNTS, order_placed: 6 },
      delivered: COUNTS,
      dropped: { order_placed: 1 },
    },
    server: { stored: COUNTS, duplicates: 4, rejected: 0, requests: 12, refused: 2, lost: 1 },
    expectedDrops: { unserializable: 1 },
    ...changes,
  };
}

describe("reconcile", () => {
  it("finds nothing when every figure agrees", () => {
    const { rows, differences } = reconcile(evidence());
    expect(differences).toEqual([]);
    expect(rows.every((row) => row.agrees)).toBe(true);
  });

  it("has one row per event name, whoever mentioned it", () => {
    const { server } = evidence();
    const { rows } = reconcile(evidence({ server: { ...server, stored: { ...COUNTS, stray: 1 } } }));
    expect(rows.map((row) => row.name)).toEqual(["identify", "order_placed", "signed_in", "stray"]);
    expect(rows.find((row) => row.name === "order_placed")).toEqual({
      name: "order_placed",
      sent: 6,
      accepted: 6,
      delivered: 5,
      dropped: 1,
      stored: 5,
      agrees: true,
    });
  });

  it("says which type the server stored less of", () => {
    const { server } = evidence();
    const { rows, differences } = reconcile(
      evidence({ server: { ...server, stored: { ...COUNTS, signed_in: 8 } } }),
    );
    expect(differences).toEqual(["signed_in: delivered by the SDK 10, stored by the server 8 (-2)"]);
    expect(rows.find((row) => row.name === "signed_in")?.agrees).toBe(false);
  });

  it("notices an event stored twice", () => {
    const { server } = evidence();
    const { differences } = reconcile(
      evidence({ server: { ...server, stored: { ...COUNTS, order_placed: 6 } } }),
    );
    expect(differences).toEqual(["order_placed: delivered by the SDK 5, stored by the server 6 (+1)"]);
  });

  it("is not fooled by two types whose mistakes cancel out in the total", () => {
    const { server } = evidence();
    const { differences } = reconcile(
      evidence({ server: { ...server, stored: { ...COUNTS, identify: 9, signed_in: 11 } } }),
    );
    expect(differences).toHaveLength(2);
  });

  it("notices a call the SDK never counted", () => {
    const sent = { ...evidence().sent, signed_in: 11 };
    const { differences } = reconcile(evidence({ sent }));
    expect(differences).toEqual(["signed_in: sent by the traffic 11, accepted by the SDK 10 (-1)"]);
  });

  it("holds the SDK's totals against themselves and against the types", () => {
    const stats = { accepted: 27, delivered: 24, dropped: { unserializable: 1 }, pending: 1 };
    expect(reconcile(evidence({ stats })).differences).toEqual([
      "SDK total: accepted 27, delivered + dropped + pending 26 (-1)",
      "accepted per stats() 27, accepted per type, summed 26 (-1)",
      "delivered per stats() 24, delivered per type, summed 25 (+1)",
      "still pending after shutdown 1, expected 0 (-1)",
    ]);
  });

  it("wants exactly the drops that were provoked, reason by reason", () => {
    const stats = { accepted: 26, delivered: 25, dropped: { queue_full: 1 }, pending: 0 };
    expect(reconcile(evidence({ stats })).differences).toEqual([
      "dropped as queue_full 1, expected 0 (-1)",
      "dropped as unserializable 0, expected 1 (+1)",
    ]);
  });

  it("refuses a run in which the faults never happened", () => {
    const server = { stored: COUNTS, duplicates: 0, rejected: 1, requests: 12, refused: 0, lost: 0 };
    expect(reconcile(evidence({ server })).differences).toEqual([
      "events the server counted as rejected 1, expected 0 (-1)",
      "no request met the outage",
      "no answer was lost",
      "the server removed no duplicate although answers were lost",
    ]);
  });

  it("names the first failed shop requests and counts the others", () => {
    const failures = [
      "/a answered 500",
      "/b answered 500",
      "/c answered 500",
      "/d answered 500",
      "/e answered 500",
    ];
    const { differences } = reconcile(evidence({ failures }));
    expect(differences[0]).toBe("the shop failed a request: /a answered 500");
    expect(differences).toHaveLength(4);
    expect(differences[3]).toBe("… and 2 more requests to the shop failed");
  });
});
