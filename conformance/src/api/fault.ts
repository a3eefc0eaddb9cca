/**
 * What can go wrong, as data. A script is a list of faults; each request to /v1/* consumes one, in order.
 * Rules: every fault is plain JSON (cases and the control endpoint carry it), and "ok" is a fault too, so that a
 * script reads as one line per request. `faultSchema` is the same union for checking what comes from outside.
 */
import { z } from "zod";
import type { JsonValue } from "./json-value.ts";

/** Delay-seconds, or an HTTP-date that lies `dateInMs` after the API's now (rounded up to a whole second). */
export type RetryAfter = { seconds: number } | { dateInMs: number };

export type Fault =
  /** Nothing goes wrong. */
  | { kind: "ok" }
  /**
   * Answers with this status, 300 to 599, and stores nothing (a success is "accept-with-body", so that what was
   * acknowledged was always stored). At most one of `json`, `html`, `body`; the usual error body without them.
   */
  | {
      kind: "status";
      status: number;
      json?: JsonValue;
      html?: string;
      body?: string;
      headers?: Record<string, string>;
      retryAfter?: RetryAfter;
    }
  /** Processes normally after this long, or at once when the client gives up first (its answer is then lost). */
  | { kind: "delay"; ms: number }
  /** Resets the connection before, while (after the first bytes) or after reading the body. Stores nothing. */
  | { kind: "reset"; when: "before" | "while" | "after" }
  /**
   * Processes normally, then the answer is lost: nothing of it leaves ("none"), or the status line, the headers and
   * half the body leave, after which the connection is cut ("cut"), falls silent ("stall") or goes on with blanks until the
   * client has enough of it ("endless").
   */
  | { kind: "accept-and-lose-answer"; answer?: "none" | "cut" | "stall" | "endless" }
  /** Processes normally; a success is then answered with this body, and this status when one is given. */
  | { kind: "accept-with-body"; body: string; status?: number; contentType?: string }
  /** Answers as a server that has one page for everything: a success, `text/html` unless said otherwise. Stores nothing. */
  | { kind: "page"; status?: number; body?: string; contentType?: string }
  /** Counts the first `count` events of a batch as rejected and stores the others. */
  | { kind: "reject"; count: number }
  /** 413 when the request holds more events or more bytes than this; processes normally otherwise. */
  | { kind: "too-large"; aboveEvents?: number; aboveBytes?: number }
  /** 400 for the whole batch when one of its events has this property; processes normally otherwise. */
  | { kind: "reject-batches-containing"; key: string; value: JsonValue }
  /**
   * Somebody in front of the API that dislikes one payload, or a size: a request whose body holds this text, or has more bytes
   * than this, gets `by` instead of the API, and is not stored. Others pass. `withoutCors`: a browser may not read that answer.
   */
  | { kind: "firewall"; containing?: string; aboveBytes?: number; by: FirewallAnswer; withoutCors?: true }
  /** Reads the request and never answers, until the client gives up or the API closes. Stores nothing. */
  | { kind: "hang" }
  /** Redirects to `location`, usually at another origin. Stores nothing. */
  | { kind: "redirect"; status: 301 | 302 | 303 | 307 | 308; location: string }
  /** Writes these characters to the socket instead of an HTTP answer, then closes it. Stores nothing. */
  | { kind: "raw-answer"; text: string };

/** What a firewall does with what it dislikes. */
export type FirewallAnswer = Extract<Fault, { kind: "status" | "page" | "redirect" | "reset" | "hang" }>;

const count = z.int().nonnegative();
/** What a header may hold; servers refuse to send anything else, in the middle of an exchange. */
const headerValue = z
  .string()
  .refine(
    (value) => canTravel("x", value),
    "no header can have this value: a line break, or a character beyond U+00FF",
  );
const headers = z.record(
  z.string().refine((name) => canTravel(name, ""), "no header can have this name"),
  headerValue,
);
const retryAfter = z.union([
  z.strictObject({ seconds: z.number().nonnegative() }),
  z.strictObject({ dateInMs: z.number() }),
]);
const status = z.strictObject({
  kind: z.literal("status"),
  status: z.int().min(300).max(599),
  json: z.json().exactOptional(),
  html: z.string().exactOptional(),
  body: z.string().exactOptional(),
  headers: headers.exactOptional(),
  retryAfter: retryAfter.exactOptional(),
});

const reset = z.strictObject({ kind: z.literal("reset"), when: z.enum(["before", "while", "after"]) });
const hang = z.strictObject({ kind: z.literal("hang") });
const page = z.strictObject({
  kind: z.literal("page"),
  status: z.int().min(200).max(299).exactOptional(),
  body: z.string().exactOptional(),
  contentType: headerValue.exactOptional(),
});
const redirect = z.strictObject({
  kind: z.literal("redirect"),
  status: z.literal([301, 302, 303, 307, 308]),
  location: headerValue,
});

/** Checks a fault that came as JSON; unknown kinds and misspelt fields fail. */
export const faultSchema: z.ZodType<Fault> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ok") }),
  status,
  z.strictObject({ kind: z.literal("delay"), ms: z.number().nonnegative() }),
  reset,
  z.strictObject({
    kind: z.literal("accept-and-lose-answer"),
    answer: z.enum(["none", "cut", "stall", "endless"]).exactOptional(),
  }),
  z.strictObject({
    kind: z.literal("accept-with-body"),
    body: z.string(),
    status: z.int().min(200).max(299).exactOptional(),
    contentType: headerValue.exactOptional(),
  }),
  page,
  z.strictObject({ kind: z.literal("reject"), count }),
  z.strictObject({
    kind: z.literal("too-large"),
    aboveEvents: count.exactOptional(),
    aboveBytes: count.exactOptional(),
  }),
  z.strictObject({ kind: z.literal("reject-batches-containing"), key: z.string(), value: z.json() }),
  z.strictObject({
    kind: z.literal("firewall"),
    containing: z.string().exactOptional(),
    aboveBytes: count.exactOptional(),
    by: z.discriminatedUnion("kind", [status, page, redirect, reset, hang]),
    withoutCors: z.literal(true).exactOptional(),
  }),
  hang,
  redirect,
  z.strictObject({ kind: z.literal("raw-answer"), text: z.string() }),
]);

export const faultScriptSchema: z.ZodType<Fault[]> = z.array(faultSchema);

function canTravel(name: string, value: string): boolean {
  try {
    new Headers([[name, value]]);
    return true;
  } catch {
    return false;
  }
}
