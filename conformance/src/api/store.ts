/**
 * What the API keeps (CONTRACT section 8): events once per $message_id, users with merged traits and upserted
 * channels, visitors promoted by an identify. It is the oracle of every test, so it forgets nothing.
 */
import type { JsonObject } from "./json-value.ts";

export interface StoredEvent {
  readonly messageId: string;
  readonly eventType: string;
  /** Set by the event itself, or when its visitor was promoted. */
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly occurredAt: string;
  readonly occurredAtMs: number;
  readonly properties: JsonObject;
  readonly context: JsonObject;
  /** The request that brought it first. */
  readonly requestIndex: number;
}

export interface StoredChannel {
  readonly channel: "email" | "sms" | "push";
  readonly address: string;
  readonly optedIn: boolean;
  readonly verified?: boolean;
  readonly kind?: string;
  readonly platform?: string;
  readonly pushEnv?: string;
}

export interface StoredUser {
  readonly userId: string;
  readonly traits: JsonObject;
  readonly channels: readonly StoredChannel[];
  readonly preferredChannel?: string;
  /** Visitors that became this user. */
  readonly anonymousIds: readonly string[];
  /** How many identifies were accepted for this user. */
  readonly identifies: number;
}

export interface RejectedEvent {
  readonly requestIndex: number;
  readonly reason: string;
  readonly event: JsonObject;
}

/** Accepted events of a type are stored + duplicates. */
export interface TypeCounter {
  readonly stored: number;
  readonly duplicates: number;
  readonly rejected: number;
}

export interface Store {
  /** In the order accepted, each $message_id once. */
  readonly events: readonly StoredEvent[];
  readonly users: ReadonlyMap<string, StoredUser>;
  /** A user's events by occurred_at; the order accepted decides between equals. */
  timeline(userId: string): StoredEvent[];
  /** Events of a visitor no identify has named yet, ordered likewise. */
  anonymousTimeline(anonymousId: string): StoredEvent[];
  /** Events that came again and were not stored again. */
  readonly duplicates: number;
  readonly byType: ReadonlyMap<string, TypeCounter>;
  readonly rejected: readonly RejectedEvent[];
}
