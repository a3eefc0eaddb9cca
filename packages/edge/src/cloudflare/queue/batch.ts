/** What a batch of messages holds, in the order it happened. */
import { attempt, type Operation, type Said, saidBy, type WhisperrError } from "@whisperr/core";
import { comparePlaces } from "../../hand-over/place.ts";
import type { QueueMessageLike } from "../bindings.ts";
import { readMessageBody } from "./message.ts";

export interface SortedMessages {
  /**
   * The operations in order, each with its messages: more than one when the producer sent it again because it did not
   * hear that the Queue had it.
   */
  readonly carriers: Map<Operation, QueueMessageLike[]>;
  /** What those of `identify()` say, and when they were called. */
  readonly said: ReadonlyMap<Operation, Said>;
  /** Not ours, or damaged. */
  readonly unreadable: readonly QueueMessageLike[];
}

export function sortMessages(messages: readonly QueueMessageLike[]): SortedMessages {
  const unreadable: QueueMessageLike[] = [];
  const readable = messages.flatMap((message) => {
    const read = attempt(() => readMessageBody(message.body));
    if (read === undefined) unreadable.push(message);
    return read === undefined ? [] : [{ ...read, message }];
  });
  readable.sort((a, b) => comparePlaces(a.place, b.place));

  const carriers = new Map<Operation, QueueMessageLike[]>();
  const said = new Map<Operation, Said>();
  let before: (typeof readable)[number] | undefined;
  for (const next of readable) {
    const repeats = before !== undefined && comparePlaces(before.place, next.place) === 0;
    const operation = repeats && before !== undefined ? before.operation : next.operation;
    carriers.set(operation, [...(carriers.get(operation) ?? []), next.message]);
    if (repeats) continue;
    before = next;
    const one = saidBy(operation, next.place.atMs);
    if (one) said.set(operation, one);
  }
  return { carriers, said, unreadable };
}

export function unreadableError(count: number): WhisperrError {
  const message = `${count} of the Queue's messages are not Whisperr's, or damaged; they end as dead letters.`;
  return { type: "dropped", reason: "corrupt", count, message };
}
