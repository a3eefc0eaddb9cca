/** The producing side: operations wait in a Cloudflare Queue instead of the client's memory. */
import { misuse, type QueuedOperation, utf8Bytes } from "@whisperr/core";
import { createPlaces } from "../../hand-over/place.ts";
import type { PlatformOutbox } from "../../hand-over/platform-outbox.ts";
import { tooLargeForPlatform } from "../../hand-over/too-large.ts";
import type { QueueLike } from "../bindings.ts";
import { messageBody, type QueueMessageBody } from "./message.ts";

/** What the Queue adds to each message counts too: about 100 bytes, so they say. */
const METADATA_BYTES = 200;
/** A message may be 128 kB (of 1,000 bytes). */
const MAX_MESSAGE_BYTES = 128_000 - METADATA_BYTES;
/** One `sendBatch()` may carry 100 messages and 256 kB. */
const MAX_CALL_MESSAGES = 100;
const MAX_CALL_BYTES = 256_000;

interface Message {
  readonly operation: QueuedOperation;
  readonly body: QueueMessageBody;
  readonly bytes: number;
}

/**
 * An outbox for `createWhisperr({ outbox })`: every operation becomes one message of `queue`, for `whisperrQueueConsumer`
 * to deliver. `queue`: the binding, such as `env.WHISPERR_QUEUE`. An operation that is no message because it is larger than
 * 128 kB is dropped, alone, and reported as `too_large`.
 *
 * @throws An Error that says what to add to wrangler.jsonc, when it is no binding.
 */
export function queueOutbox(queue: QueueLike): PlatformOutbox {
  if (typeof queue?.sendBatch !== "function")
    throw misuse("queueOutbox() takes a Queue binding: add it to queues.producers in wrangler.jsonc");
  const { called, placeOf } = createPlaces();
  /** Operations of a hand-over that failed half-way: the Queue has them, so they are not sent again. */
  const kept = new WeakSet<QueuedOperation>();

  return {
    append: called,
    async handOver(operations) {
      const messages = operations
        .filter((operation) => !kept.has(operation))
        .map((operation): Message => {
          const body = messageBody(operation, placeOf(operation));
          return { operation, body, bytes: utf8Bytes(JSON.stringify(body)) };
        });
      if (messages.some(({ bytes }) => bytes > MAX_MESSAGE_BYTES))
        throw tooLargeForPlatform("A message of a Queue", MAX_MESSAGE_BYTES);
      for (const call of cutCalls(messages)) {
        await queue.sendBatch(call.map(({ body }) => ({ body, contentType: "json" })));
        for (const { operation } of call) kept.add(operation);
      }
    },
  };
}

function cutCalls(messages: readonly Message[]): readonly (readonly Message[])[] {
  const calls: Message[][] = [];
  let room = 0;
  for (const message of messages) {
    const bytes = message.bytes + METADATA_BYTES;
    const last = calls.at(-1);
    if (last === undefined || last.length === MAX_CALL_MESSAGES || bytes > room) {
      calls.push([message]);
      room = MAX_CALL_BYTES - bytes;
    } else {
      last.push(message);
      room -= bytes;
    }
  }
  return calls;
}
