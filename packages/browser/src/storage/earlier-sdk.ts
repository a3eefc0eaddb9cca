/**
 * What `@whisperr/web` 0.2 left on this origin: the visitor and the user go on, and what waits is delivered first. The first
 * client that starts takes it, with whatever API key: the earlier SDK had one store for all.
 */
import { attempt, jsonObject } from "@whisperr/core";
import { IDENTITY, OPT_OUT, recordKey, TIME_LENGTH } from "./keys.ts";
import type { Storage } from "./storage.ts";

const QUEUE = "whisperr.queue.v1";
const VISITOR = "whisperr.anon_id";
const USER = "whisperr.user_id";
/** Its session ends with it. Where the page dies between two of them, the visitor says that there are more. */
const KEYS = [QUEUE, USER, "whisperr.session", VISITOR];

/** An operation as it kept it. It may be anything by now. */
interface Earlier {
  readonly kind?: unknown;
  readonly externalUserId?: string | null;
  readonly anonymousId?: string;
  readonly occurredAt?: string;
  readonly messageId?: string;
  readonly eventType?: string;
  readonly properties?: object;
  readonly context?: object;
  readonly traits?: object;
  readonly preferredChannel?: string;
  readonly channels?: readonly { type?: string; address?: string; optedIn?: boolean; verified?: boolean }[];
}

/** `random`: ends the name of its queue. Ours is written before theirs is removed: a page that goes in between does it again. */
export function moveIn(storage: Storage, origin: Storage, nowMs: number, random: string): void {
  const visitor = origin.get(VISITOR);
  const kept = origin.get(QUEUE);
  if (visitor === null && kept === null) return;
  if (origin.get(OPT_OUT) === null) {
    const identity = JSON.stringify({ anonymousId: visitor, userId: origin.get(USER) || undefined });
    if (visitor && storage.get(IDENTITY) === null && !storage.set(IDENTITY, identity)) return;
    const operations = earlierIn(kept);
    // Nobody has the lock of this queue: it is recovered like that of a page that is gone, before what this page records.
    const time = Math.floor(attempt(() => Date.parse(operations[0]?.occurredAt as string), 0)) || nowMs;
    const queue = time.toString(36).padStart(TIME_LENGTH, "0") + random;
    const keys = operations.map((_, number) => recordKey(queue, number));
    const records = operations.map((one) => attempt(() => recordOf(one, visitor), "null"));
    const isStored = records.every((text, number) => storage.set(keys[number] as string, text));
    if (!isStored) return keys.forEach(storage.remove);
  }
  KEYS.forEach(origin.remove);
}

function earlierIn(kept: string | null | undefined): Earlier[] {
  const operations = jsonObject(kept);
  return Array.isArray(operations) ? operations.filter((one) => typeof one === "object" && one) : [];
}

/** As this SDK stores it. What makes no sense is found out, and reported, when it is read. */
function recordOf(one: Earlier, visitor: string | null | undefined): string {
  const { externalUserId, anonymousId, messageId } = one as Required<Earlier>;
  if (one.kind === "identify") {
    const channels = one.channels?.map?.(({ type, address, optedIn = true, verified }) => ({
      channel: type,
      address,
      opted_in: optedIn,
      verified,
    }));
    const body = {
      external_user_id: externalUserId,
      anonymous_id: anonymousId,
      traits: one.traits,
      preferred_channel: one.preferredChannel,
      channels,
    };
    return JSON.stringify({ kind: "identify", body: JSON.stringify(body) });
  }
  return JSON.stringify({
    kind: "track",
    ...(externalUserId ? { userId: externalUserId } : { anonymousId: anonymousId || visitor }),
    event: one.eventType,
    atMs: Date.parse(one.occurredAt as string),
    // The same id, in our two parts.
    idPrefix: messageId.slice(0, -12),
    idNumber: Number.parseInt(messageId.slice(-12), 16),
    properties: JSON.stringify(one.properties ?? {}),
    context: JSON.stringify({ ...one.context, $message_id: undefined }),
  });
}
