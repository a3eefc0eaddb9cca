import type { WhisperrError } from "@whisperr/core";
import { describe, expect, test } from "vitest";
import { anEvent } from "../../../test/queue-fixtures.ts";
import { createWhisperr } from "../../client/create-whisperr.ts";
import type { QueueSendRequest } from "../bindings.ts";
import { type QueueMessageBody, readMessageBody } from "./message.ts";
import { queueOutbox } from "./outbox.ts";

function aQueue(fails: (call: number) => boolean = () => false) {
  const calls: QueueSendRequest[][] = [];
  return {
    calls,
    numbers: () => calls.map((call) => call.map(({ body }) => (body as QueueMessageBody).number)),
    async sendBatch(messages: Iterable<QueueSendRequest>) {
      calls.push([...messages]);
      if (fails(calls.length)) throw new Error("Too Many Requests");
    },
  };
}

const events = (count: number) => Array.from({ length: count }, (_, i) => anEvent(i + 1));

describe("queueOutbox()", () => {
  test("sends one message per operation, as JSON that tells its place", async () => {
    const queue = aQueue();
    const [first, second] = [anEvent(7), { kind: "identify", body: '{"external_user_id":"u"}' } as const];
    await queueOutbox(queue).handOver([first, second]);
    const messages = queue.calls.flat();
    expect(messages.map(({ contentType }) => contentType)).toEqual(["json", "json"]);
    const overTheWire = JSON.parse(JSON.stringify(messages)) as QueueSendRequest[];
    const read = overTheWire.map(({ body }) => readMessageBody(body));
    expect(read.map((one) => one?.operation)).toEqual([first, second]);
    expect(read.map((one) => one?.place.number)).toEqual([1, 2]);
  });

  test("sends at most 100 messages a call", async () => {
    const queue = aQueue();
    await queueOutbox(queue).handOver(events(250));
    expect(queue.calls.map((call) => call.length)).toEqual([100, 100, 50]);
  });

  test("sends at most 256 kB a call", async () => {
    const queue = aQueue();
    // Three bytes each in UTF-8: 60 kB and a little.
    const large = Array.from({ length: 9 }, (_, i) => anEvent(i, { text: "€".repeat(20_000) }));
    await queueOutbox(queue).handOver(large);
    expect(queue.calls.map((call) => call.length)).toEqual([4, 4, 1]);
    for (const call of queue.calls)
      expect(new TextEncoder().encode(JSON.stringify(call.map(({ body }) => body))).length).toBeLessThan(
        256_000,
      );
  });

  test("what the Queue has is not sent again, and what it may not have keeps its place", async () => {
    const queue = aQueue((call) => call === 2);
    const outbox = queueOutbox(queue);
    const operations = events(150);
    await expect(outbox.handOver(operations)).rejects.toThrow("Too Many Requests");
    await outbox.handOver([...operations, anEvent(151)]);
    const [, failed = [], repeated] = queue.numbers();
    expect(failed).toEqual(Array.from({ length: 50 }, (_, i) => 101 + i));
    expect(repeated).toEqual([...failed, 151]);
  });

  test("rejects as too large, before it sends anything, what is no message", async () => {
    const queue = aQueue();
    const operations = [anEvent(1), anEvent(2, { text: "x".repeat(128_000) })];
    await expect(queueOutbox(queue).handOver(operations)).rejects.toMatchObject({ status: 413 });
    expect(queue.calls).toEqual([]);
  });

  test("an event that is no message is dropped alone, and its report says what the Queue takes", async () => {
    const queue = aQueue();
    const errors: WhisperrError[] = [];
    const whisperr = createWhisperr({
      apiKey: "wrk_test",
      waitUntil() {},
      outbox: queueOutbox(queue),
      onError: (error) => errors.push(error),
    });
    for (const text of ["small", "x".repeat(128_000), "small"]) whisperr.track("ada", "noted", { text });
    expect(await whisperr.flush()).toEqual({ delivered: 2, dropped: 1, pending: 0 });
    expect(errors).toMatchObject([
      {
        reason: "too_large",
        count: 1,
        message: expect.stringMatching(/A message of a Queue holds 127800 bytes/),
      },
    ]);
  });

  test("says what to do when the binding is missing", () => {
    expect(() => queueOutbox(undefined as never)).toThrow("Whisperr: queueOutbox() takes a Queue binding");
  });
});

test("a message of another format is left to who knows it", async () => {
  const queue = aQueue();
  await queueOutbox(queue).handOver([anEvent(1)]);
  const [body] = queue.calls.flat().map((message) => message.body as QueueMessageBody);
  expect(readMessageBody(body)).toBeDefined();
  expect(readMessageBody({ ...body, whisperr: 2 })).toBeUndefined();
});
