/**
 * The parts of Cloudflare's bindings that this package uses, by their shape: the platform's own types fit, and nobody
 * has to install any.
 */

/** A Queue binding of the producing Worker. */
export interface QueueLike {
  /** Puts messages into the Queue, all of them or none. */
  sendBatch(messages: Iterable<QueueSendRequest>): Promise<unknown>;
}

/** A message for a Queue. */
export interface QueueSendRequest {
  /** What the consumer gets. */
  readonly body: unknown;
  /** How it travels. */
  readonly contentType: "json";
}

/** A batch as the consuming Worker gets it. */
export interface QueueBatchLike {
  /** In any order. */
  readonly messages: readonly QueueMessageLike[];
  /** All of them come back. */
  retryAll(options?: QueueRetryLike): void;
}

/** One message of a batch. */
export interface QueueMessageLike {
  /** What the producer sent. */
  readonly body: unknown;
  /** How often it was delivered to a consumer, this time included: 1 or more. */
  readonly attempts: number;
  /** It is settled. */
  ack(): void;
  /** It comes back. */
  retry(options?: QueueRetryLike): void;
}

/** How messages come back. */
export interface QueueRetryLike {
  /** After so many seconds. */
  readonly delaySeconds?: number;
}

/** A Durable Object binding. Ids are the namespace's own affair: `never` fits every type of theirs. */
export interface DurableObjectNamespaceLike {
  /** The id that belongs to a name. */
  idFromName(name: string): unknown;
  /** The object with this id, wherever it is. */
  get(id: never): DurableObjectStubLike;
}

/** An object, as other Workers reach it. */
export interface DurableObjectStubLike {
  /** Asks the object. */
  fetch(url: string, init: { readonly method: "POST"; readonly body: string }): Promise<AnswerLike>;
}

/** What an object answers. */
export interface AnswerLike {
  /** The status is one of success. */
  readonly ok: boolean;
  /** The HTTP status. */
  readonly status: number;
  /** The whole text. */
  text(): Promise<string>;
}

/** What a Durable Object's constructor gets. */
export interface DurableObjectStateLike {
  /** Where the object keeps what outlives it. */
  readonly storage: DurableStorageLike;
}

/** SQLite, without the clock. */
export interface TransactionalSql {
  /** The object's own database. */
  readonly sql: {
    exec(query: string, ...bindings: (string | number)[]): Iterable<unknown>;
  };
  /** What `body` writes is kept as a whole, or not at all when it throws. */
  transactionSync<Result>(body: () => Result): Result;
}

/** The storage of a Durable Object that was listed under `new_sqlite_classes`. */
export interface DurableStorageLike extends TransactionalSql {
  /** When it is to call `alarm()`; null: never. */
  getAlarm(): Promise<number | null>;
  /** Has the platform call `alarm()`. `atMs`: wall-clock ms since 1970. */
  setAlarm(atMs: number): Promise<void>;
  /** The platform is to call nothing. */
  deleteAlarm(): Promise<void>;
}
