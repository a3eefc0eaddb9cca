/**
 * The parts of Cloudflare's bindings that this package uses, by their shape: the platform's own types fit, and nobody
 * has to install any.
 */

/** A Queue binding of the producing Worker. */
export interface QueueLike {
  sendBatch(messages: Iterable<QueueSendRequest>): Promise<unknown>;
}

export interface QueueSendRequest {
  readonly body: unknown;
  readonly contentType: "json";
}

/** A batch as the consuming Worker gets it. */
export interface QueueBatchLike {
  readonly messages: readonly QueueMessageLike[];
  retryAll(options?: QueueRetryLike): void;
}

export interface QueueMessageLike {
  readonly body: unknown;
  /** How often it was delivered to a consumer, this time included: 1 or more. */
  readonly attempts: number;
  ack(): void;
  retry(options?: QueueRetryLike): void;
}

export interface QueueRetryLike {
  readonly delaySeconds?: number;
}

/** A Durable Object binding. Ids are the namespace's own affair: `never` fits every type of theirs. */
export interface DurableObjectNamespaceLike {
  idFromName(name: string): unknown;
  get(id: never): DurableObjectStubLike;
}

export interface DurableObjectStubLike {
  fetch(url: string, init: { readonly method: "POST"; readonly body: string }): Promise<AnswerLike>;
}

export interface AnswerLike {
  readonly ok: boolean;
  readonly status: number;
  text(): Promise<string>;
}

/** What a Durable Object's constructor gets. */
export interface DurableObjectStateLike {
  readonly storage: DurableStorageLike;
}

/** SQLite, without the clock. */
export interface TransactionalSql {
  readonly sql: {
    exec(query: string, ...bindings: (string | number)[]): Iterable<unknown>;
  };
  /** What `body` writes is kept as a whole, or not at all when it throws. */
  transactionSync<Result>(body: () => Result): Result;
}

export interface DurableStorageLike extends TransactionalSql {
  getAlarm(): Promise<number | null>;
  /** `atMs`: wall-clock ms since 1970. */
  setAlarm(atMs: number): Promise<void>;
  deleteAlarm(): Promise<void>;
}
