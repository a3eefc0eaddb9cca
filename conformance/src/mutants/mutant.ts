/**
 * A mutant is an SDK with one mistake in it, and the case that has to notice. A suite that lets it pass checks less than
 * it says.
 *
 * The SDK itself stays as it is: a mutant changes what the SDK is given (its options, `fetch`, timers, clock, storage, the
 * events of its process or page) or what it gives (its client, `onError`). Seen from outside, an SDK whose `Retry-After`
 * header is hidden is an SDK that ignores `Retry-After`. So renaming and rewriting inside the SDKs breaks no mutant.
 *
 * To add one, append a record to the file of `list/` that it belongs to:
 *
 *     {
 *       id: "drop-on-429",
 *       does: "Takes 429 for one of the 4xx that drop.",
 *       how: taking(429, 400),
 *       caughtBy: { "retry.statuses": /expected 7 requests, the API saw 1/ },
 *     }
 *
 * `how` comes from `hooks/`, or is a function of your own that makes hooks (`Hooks`). `caughtBy` names each case that must
 * fail, with words of its complaint: failing for another reason is no catch. `npx vitest run mutants -t drop-on-429` runs it
 * and shows what the case really says.
 */

/** The SDKs a mutant can be made of, each on one runtime: node26, deno, workerd-development and chromium of `subjects/`. */
export type SdkKind = "node" | "deno" | "edge" | "browser";

export interface Mutant {
  /** Unique, kebab-case. */
  id: string;
  /** What the SDK does wrong, in one sentence. */
  does: string;
  /** By default Node's for cases all SDKs share, the browser's for those that need "client", and the edge's for "wait-until". */
  on?: readonly SdkKind[];
  how: How;
  caughtBy: Readonly<Record<string, RegExp>>;
}

/** Called once for each client, so a mutant's memory is one client's. */
export type How = (life: Life) => Hooks;

export interface Life {
  /** What the case gave to `createWhisperr`. */
  readonly options: Options;
  /** The client as the SDK made it. Not there while it is being made. */
  client?: Client;
}

/** Where a mutant takes hold. Whatever is absent stays as it is. */
export interface Hooks {
  /** What the SDK is created with. */
  options?(options: Options): Options;
  /** Stands in for the SDK's `fetch`. */
  fetch?(request: SentRequest, send: Send): Promise<Response>;
  /** Stands in for the app's `onError`. */
  onError?(error: Reported, report: (error: Reported) => void): void;
  /** Stands in for the SDK's `setTimeout`. */
  setTimeout?(run: () => void, delayMs: number, set: SetTimer): unknown;
  /** Methods that take the place of the client's. */
  client?(client: Client): Partial<Client>;
  /** Changes to the platform, undone when the case is over. */
  patches?: readonly Patch[];
  /** Called when the case is over. */
  undo?(): void;
}

export type Options = Record<string, unknown>;

export interface SentRequest extends Omit<RequestInit, "body" | "headers"> {
  url: string;
  headers: Record<string, string>;
  body: string;
}

export type Send = (request: SentRequest) => Promise<Response>;
export type SetTimer = (run: () => void, delayMs: number) => unknown;

/** An error as the SDK reports it; arrays may be altered after it was reported. */
export interface Reported {
  type: string;
  message: string;
  reason?: string;
  status?: number;
  count?: number;
  messageIds?: string[];
}

export interface Figures {
  delivered: number;
  dropped: number;
  pending: number;
}

export interface Stats {
  accepted: number;
  delivered: number;
  dropped: Record<string, number>;
  pending: number;
}

type Method = (...args: unknown[]) => unknown;

/** The public API as mutants see it. */
export interface Client {
  track: Method;
  identify: Method;
  flush(options?: { readonly timeoutMs?: number }): Promise<Figures>;
  shutdown(options?: { timeoutMs?: number }): Promise<Figures>;
  stats(): Stats;
  /** Server SDKs. */
  forUser?(userId: unknown): { track: Method; identify: Method };
  /** Client SDKs. */
  reset?: Method;
  optIn?: Method;
  optOut?: Method;
  setPushToken?: Method;
  setPushPermission?: Method;
  page?: Method;
}

/** One property of something of the platform, written differently. */
export interface Patch {
  target: object;
  name: PropertyKey;
  by(original: never): unknown;
}
