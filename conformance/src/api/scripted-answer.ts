/** Turns the faults that are nothing but an answer into that answer. */
import { type Answer, refusal } from "./answer.ts";
import type { Fault, RetryAfter } from "./fault.ts";

type StatusFault = Extract<Fault, { kind: "status" }>;
type PageFault = Extract<Fault, { kind: "page" }>;
type RedirectFault = Extract<Fault, { kind: "redirect" }>;
type BodyFault = Extract<Fault, { kind: "accept-with-body" }>;

export function statusAnswer(fault: StatusFault, requestIndex: number, nowMs: number): Answer {
  const { type, body } = scriptedBody(fault, requestIndex);
  const headers: Record<string, string> = { ...(type && { "content-type": type }), ...fault.headers };
  if (fault.retryAfter) headers["retry-after"] = retryAfterValue(fault.retryAfter, nowMs);
  return { status: fault.status, headers, body, rejected: 0 };
}

export function pageAnswer({
  status = 200,
  body = "<h1>Welcome</h1>",
  contentType = "text/html",
}: PageFault): Answer {
  return { status, headers: { "content-type": contentType }, body, rejected: 0 };
}

export function redirectAnswer(fault: RedirectFault): Answer {
  return { status: fault.status, headers: { location: fault.location }, body: "", rejected: 0 };
}

/** The answer an accepted request gets instead of its own. */
export function replacedAnswer(fault: BodyFault, own: Answer): Answer {
  return {
    status: fault.status ?? own.status,
    headers: { "content-type": fault.contentType ?? "application/json" },
    body: fault.body,
    rejected: own.rejected,
  };
}

function scriptedBody(fault: StatusFault, requestIndex: number): { type?: string; body: string } {
  if (fault.json !== undefined) return { type: "application/json", body: JSON.stringify(fault.json) };
  if (fault.html !== undefined) return { type: "text/html; charset=utf-8", body: fault.html };
  if (fault.body !== undefined) return { body: fault.body };
  const usual = refusal(fault.status, "scripted", `The script answers ${fault.status}.`, requestIndex);
  return { type: "application/json", body: usual.body };
}

/** An HTTP-date has no milliseconds: rounding up keeps "at least that long" true. */
function retryAfterValue(retryAfter: RetryAfter, nowMs: number): string {
  if ("seconds" in retryAfter) return String(retryAfter.seconds);
  return new Date(Math.ceil((nowMs + retryAfter.dateInMs) / 1000) * 1000).toUTCString();
}
