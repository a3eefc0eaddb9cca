/** Each judgement of the scenarios catches what it is there for. */

import type { JsonObject, RecordedRequest, StoredEvent } from "@whisperr/conformance/api";
import { describe, expect, it } from "vitest";
import { STEP_EVENT } from "../pages/step-event.ts";
import { audit, complaints, type Evidence } from "./audit.ts";
import { unexplainedRepeats } from "./repeats.ts";

const AT_MS = Date.parse("2026-01-01T00:00:00.000Z");

function event(n: number, change: { id?: string; atMs?: number; more?: JsonObject } = {}): JsonObject {
  return {
    anonymous_id: "visitor",
    event_type: STEP_EVENT,
    occurred_at: new Date(change.atMs ?? AT_MS).toISOString(),
    properties: { chain: "walk", n, atMs: AT_MS, ...change.more },
    context: { $message_id: change.id ?? `id-${n}` },
  };
}

/** Requests that were all accepted, 100 ms each, one after the other unless `everyMs` says otherwise. */
function received(batches: JsonObject[][], everyMs = 200): Evidence {
  const requests = batches.map((events, index): RecordedRequest => {
    const text = JSON.stringify({ events });
    return {
      index,
      method: "POST",
      path: "/v1/events/batch",
      headers: { referer: "http://shop.test/?page=1" },
      body: new TextEncoder().encode(text),
      text,
      events,
      receivedAtMs: AT_MS + index * everyMs,
      answeredAtMs: AT_MS + index * everyMs + 100,
      outcome: "stored",
      status: 202,
      rejected: 0,
      overlapping: false,
    };
  });
  const stored = new Map<string, StoredEvent>();
  for (const [requestIndex, events] of batches.entries()) {
    for (const one of events) {
      const messageId = String((one.context as JsonObject).$message_id);
      if (!stored.has(messageId)) stored.set(messageId, storedEvent(one, messageId, requestIndex));
    }
  }
  return { requests, store: { events: [...stored.values()] } as unknown as Evidence["store"] };
}

function storedEvent(one: JsonObject, messageId: string, requestIndex: number): StoredEvent {
  return {
    messageId,
    eventType: String(one.event_type),
    occurredAt: String(one.occurred_at),
    occurredAtMs: Date.parse(String(one.occurred_at)),
    properties: one.properties as JsonObject,
    context: one.context as JsonObject,
    requestIndex,
  };
}

const judge = (batches: JsonObject[][], count: number) =>
  complaints(audit(received(batches), { walk: count }));

describe("audit", () => {
  it("has nothing to say about events that came once, in order", () => {
    expect(judge([[event(0), event(1)], [event(2)]], 3)).toEqual([]);
  });

  it("counts what was sent twice, without a complaint", () => {
    const found = audit(received([[event(0), event(1)], [event(1)]]), { walk: 2 });
    expect(found.sentTwice).toBe(1);
    expect(complaints(found)).toEqual([]);
  });

  it("misses what was lost", () => {
    expect(judge([[event(0), event(2)]], 3)).toEqual(["1 lost: walk 1"]);
  });

  it("notices an event under a second id, and one that nobody tracked", () => {
    expect(judge([[event(0), event(0, { id: "another" })]], 1)).toEqual(["1 surplus: walk 0"]);
    expect(judge([[event(0), event(1)]], 1)).toEqual(["1 surplus: walk 1"]);
  });

  it("notices order", () => {
    expect(judge([[event(1)], [event(0)]], 2)).toEqual(["1 outOfOrder: walk 0 after 1"]);
  });

  it("notices other bytes on a later attempt", () => {
    const problems = judge([[event(0)], [event(0, { more: { amount: 1 } })]], 1);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain("1 changed");
  });

  it("notices a moment that is not that of the call", () => {
    const sentAtMs = AT_MS + 2_000;
    const next = event(1, { atMs: AT_MS + 5, more: { atMs: AT_MS + 5 } });
    expect(judge([[event(0, { atMs: AT_MS + 3 }), next]], 2)).toEqual([]);
    expect(judge([[event(0, { atMs: sentAtMs }), next]], 2)).toEqual(["1 shifted: walk 0"]);
    expect(judge([[event(0, { atMs: AT_MS - 1 })]], 1)).toEqual(["1 shifted: walk 0"]);
  });

  it("notices two requests of a page at a time, unless the page ended in between or just before", () => {
    const evidence = received([[event(0)], [event(1)]], 50);
    const overlap = ["1 overlapping: request #1 arrived while #0 of the same page was open"];
    expect(complaints(audit(evidence, { walk: 2 }))).toEqual(overlap);
    const found = (fromMs: number, toMs: number) =>
      complaints(audit(evidence, { walk: 2 }, new Map([["http://shop.test/?page=1", [{ fromMs, toMs }]]])));
    expect(found(AT_MS + 10, AT_MS + 20)).toEqual([]);
    // What it sends as it goes may arrive when it is gone.
    expect(found(AT_MS - 20, AT_MS - 10)).toEqual([]);
    expect(found(AT_MS - 6_000, AT_MS - 5_000)).toEqual(overlap);
    expect(found(AT_MS + 5_000, AT_MS + 6_000)).toEqual(overlap);
  });
});

describe("unexplainedRepeats", () => {
  const { requests } = received([[event(0)], [event(0)]]);

  it("names what was sent again after its acceptance was heard", () => {
    const problems = unexplainedRepeats(requests, new Map([["id-0", AT_MS + 150]]));
    expect(problems).toEqual(["request #1 sends 1 events again that an answer that was heard acknowledged"]);
  });

  it("is silent where nobody heard the answer", () => {
    expect(unexplainedRepeats(requests, new Map())).toEqual([]);
  });
});
