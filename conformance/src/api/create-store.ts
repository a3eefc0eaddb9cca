/** The store's writing side; what is kept and why is in store.ts. */
import type { JsonObject } from "./json-value.ts";
import type { RejectedEvent, Store, StoredChannel, StoredEvent, StoredUser, TypeCounter } from "./store.ts";
import type { WireIdentify } from "./wire-schema.ts";

export interface WritableStore extends Store {
  /** Stores the event unless its $message_id is there already. */
  addEvent(event: StoredEvent): void;
  reject(rejected: RejectedEvent): void;
  identify(wire: WireIdentify): void;
}

type Counters = Map<string, { -readonly [K in keyof TypeCounter]: TypeCounter[K] }>;

export function createStore(): WritableStore {
  const events: StoredEvent[] = [];
  const messageIds = new Set<string>();
  const users = new Map<string, StoredUser>();
  const promotedTo = new Map<string, string>();
  const byType: Counters = new Map();
  const rejected: RejectedEvent[] = [];
  let duplicates = 0;

  function promote(anonymousId: string, userId: string): void {
    promotedTo.set(anonymousId, userId);
    for (const [position, event] of events.entries()) {
      if (event.anonymousId === anonymousId && event.userId === undefined)
        events[position] = { ...event, userId };
    }
  }

  function addEvent(event: StoredEvent): void {
    if (messageIds.has(event.messageId)) {
      duplicates += 1;
      counterOf(byType, event.eventType).duplicates += 1;
      return;
    }
    // A visitor's late events follow it to the user it became.
    const userId = event.userId ?? promotedTo.get(event.anonymousId ?? "");
    messageIds.add(event.messageId);
    events.push(userId === undefined ? event : { ...event, userId });
    counterOf(byType, event.eventType).stored += 1;
    if (userId !== undefined && !users.has(userId)) users.set(userId, newUser(userId));
  }

  return {
    events,
    users,
    byType,
    rejected,
    get duplicates() {
      return duplicates;
    },
    timeline: (userId) => byOccurrence(events.filter((event) => event.userId === userId)),
    anonymousTimeline: (id) =>
      byOccurrence(events.filter((event) => event.anonymousId === id && event.userId === undefined)),
    addEvent,
    reject(entry) {
      rejected.push(entry);
      const { event_type: type } = entry.event;
      if (typeof type === "string") counterOf(byType, type).rejected += 1;
    },
    identify(wire) {
      const user = users.get(wire.external_user_id) ?? newUser(wire.external_user_id);
      users.set(wire.external_user_id, identified(user, wire));
      if (wire.anonymous_id !== undefined) promote(wire.anonymous_id, wire.external_user_id);
    },
  };
}

function counterOf(counters: Counters, eventType: string) {
  const counter = counters.get(eventType) ?? { stored: 0, duplicates: 0, rejected: 0 };
  counters.set(eventType, counter);
  return counter;
}

function newUser(userId: string): StoredUser {
  return { userId, traits: {}, channels: [], anonymousIds: [], identifies: 0 };
}

function identified(user: StoredUser, wire: WireIdentify): StoredUser {
  const anonymousIds = new Set(user.anonymousIds);
  if (wire.anonymous_id !== undefined) anonymousIds.add(wire.anonymous_id);
  return {
    ...user,
    traits: mergeTraits(user.traits, wire.traits),
    channels: (wire.channels ?? []).map(storedChannel).reduce(upsert, user.channels),
    ...(wire.preferred_channel !== undefined && { preferredChannel: wire.preferred_channel }),
    anonymousIds: [...anonymousIds],
    identifies: user.identifies + 1,
  };
}

function mergeTraits(old: JsonObject, fresh: JsonObject | undefined): JsonObject {
  return fresh ? { ...old, ...fresh } : old;
}

function storedChannel(wire: NonNullable<WireIdentify["channels"]>[number]): StoredChannel {
  const { opted_in: optedIn, ...rest } = wire;
  if (rest.channel !== "push") return { ...rest, optedIn };
  const { push_env: pushEnv, ...push } = rest;
  return { ...push, optedIn, ...(pushEnv !== undefined && { pushEnv }) };
}

/** The newer entry wins field by field and stays at the place of the older. */
function upsert(channels: readonly StoredChannel[], fresh: StoredChannel): StoredChannel[] {
  const at = channels.findIndex((old) => old.channel === fresh.channel && old.address === fresh.address);
  if (at === -1) return [...channels, fresh];
  return channels.map((old, position) => (position === at ? { ...old, ...fresh } : old));
}

function byOccurrence(events: StoredEvent[]): StoredEvent[] {
  return events.sort((a, b) => a.occurredAtMs - b.occurredAtMs);
}
