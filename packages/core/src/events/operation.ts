/** What the outbox holds: queued operations, plain JSON, with the app's values already turned into text. */

/** A queued `track()`. Everything the wire needs, in parts: the envelope is composed when a batch is built. */
export interface TrackOperation {
  readonly kind: "track";
  /** Absent for events of a visitor who was not identified yet (client SDKs). */
  readonly userId?: string;
  /** Client SDKs: the visitor, until there is a user. */
  readonly anonymousId?: string;
  /** Waits for the visitor to become a user; not sent meanwhile (`anonymousEvents: "hold"`). */
  readonly held?: true;
  readonly event: string;
  /** Wall-clock ms since 1970 when `track()` was called. */
  readonly atMs: number;
  /** The message id in two parts; see `formatMessageId`. */
  readonly idPrefix: string;
  readonly idNumber: number;
  /** JSON text of an object. */
  readonly properties: string;
  /** JSON text of an object, without `$message_id`. */
  readonly context: string;
}

/** A queued `identify()`: the request body as it will be sent. */
export interface IdentifyOperation {
  readonly kind: "identify";
  readonly held?: undefined;
  readonly body: string;
}

export type Operation = TrackOperation | IdentifyOperation;

/** An event that waits for its visitor to become a user. */
export function isHeld(operation: Operation | undefined): boolean {
  return operation?.held === true;
}

export const isIdentify = (operation: Operation | undefined): operation is IdentifyOperation =>
  operation?.kind === "identify";
