/**
 * The border between HTTP and the machine: an answer becomes one of five outcomes (contract, section 4), and
 * nothing behind this file knows a status code.
 */
import { parseHttpDateMs } from "./time.ts";

/** What came back for one request: an HTTP answer, or the reason there was none. */
export type Answer =
  | {
      readonly status: number;
      /** The answer's text, possibly cut short; empty when it could not be read. */
      readonly body: string;
      readonly retryAfter: string | null;
    }
  | { readonly failure: string };

export type Outcome =
  /** 2xx. `rejected`: operations the server says it refused for good. */
  | { readonly kind: "accepted"; readonly rejected: number }
  /** Try the same again, after `afterMs` if the server asked for a wait. */
  | { readonly kind: "retry"; readonly afterMs?: number }
  /** The key was refused. */
  | { readonly kind: "auth" }
  /** The server will never take this request. */
  | { readonly kind: "rejected" }
  /** 413. */
  | { readonly kind: "tooLarge" };

/** The longest wait a server can ask for, in ms: beyond it, a mistaken header would silence a client. */
export const MAX_RETRY_AFTER_MS = 60_000;

/** Classifies the answer to a request that carried `count` operations, at wall-clock time `nowMs`. */
export function classifyAnswer(answer: Answer, count: number, nowMs: number): Outcome {
  if ("failure" in answer) return { kind: "retry" };
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: "accepted", rejected: rejectedCount(answer.body, count) };
  if (status === 401 || status === 403) return { kind: "auth" };
  if (status === 413) return { kind: "tooLarge" };
  if (status === 429 || status === 503) return retry(retryAfterMs(answer.retryAfter, nowMs));
  if (status >= 400 && status < 500) return { kind: "rejected" };
  return { kind: "retry" };
}

function retry(afterMs: number | undefined): Outcome {
  return afterMs === undefined ? { kind: "retry" } : { kind: "retry", afterMs };
}

/**
 * `Retry-After` as ms to wait, 1 to 60 000, in both forms of RFC 9110. Undefined when absent, unparseable, or no wait at
 * all: a clock ahead of the server's turns every date into the past, and the attempts must not be spent in one burst.
 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseHttpDateMs(text) - nowMs;
  return ms > 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : undefined;
}

/** `rejected` of a batch answer; anything but a whole number within the batch is no statement at all. */
function rejectedCount(body: string, count: number): number {
  const rejected = parseObject(body)?.rejected;
  return Number.isInteger(rejected) ? Math.min(Math.max(rejected as number, 0), count) : 0;
}

/** The server's own words for a failure, as `code: message`; empty when the body has none (HTML, nothing). */
export function serverErrorText(body: string): string {
  const error = parseObject(body)?.error;
  if (typeof error !== "object" || error === null) return "";
  const { code, message } = error as { code?: unknown; message?: unknown };
  return [code, message].filter((part) => typeof part === "string" && part !== "").join(": ");
}

function parseObject(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
