/**
 * Judges one event of a batch. A misspelt field or a non-object is a malformed request (400, CONTRACT section 8);
 * a wrong value is that event's own failure.
 */
import type { z } from "zod";
import { isJsonObject, type JsonObject } from "./json-value.ts";
import { isWithinWindow, parseOccurredAt } from "./occurred-at.ts";
import type { StoredEvent } from "./store.ts";
import { eventSchema } from "./wire-schema.ts";

export type Judgement =
  | { verdict: "good"; event: Omit<StoredEvent, "requestIndex"> }
  | { verdict: "rejected"; reason: string; event: JsonObject }
  | { verdict: "malformed"; reason: string };

export function judgeEvent(value: unknown, nowMs: number): Judgement {
  if (!isJsonObject(value)) return { verdict: "malformed", reason: "an event must be an object" };
  const parsed = eventSchema.safeParse(value);
  if (!parsed.success) {
    const unknownField = parsed.error.issues.find((issue) => issue.code === "unrecognized_keys");
    if (unknownField) return { verdict: "malformed", reason: describeIssue(unknownField) };
    return { verdict: "rejected", reason: describeIssues(parsed.error), event: value };
  }
  const wire = parsed.data;
  const occurredAtMs = parseOccurredAt(wire.occurred_at) ?? Number.NaN;
  if (!isWithinWindow(occurredAtMs, nowMs)) {
    return { verdict: "rejected", reason: "occurred_at: outside −30 days to +5 minutes", event: value };
  }
  const event = {
    messageId: String(wire.context.$message_id),
    eventType: wire.event_type,
    ...(wire.external_user_id !== undefined && { userId: wire.external_user_id }),
    ...(wire.anonymous_id !== undefined && { anonymousId: wire.anonymous_id }),
    occurredAt: wire.occurred_at,
    occurredAtMs,
    properties: wire.properties,
    context: wire.context,
  };
  return { verdict: "good", event };
}

/** The first issue, as "path: message". */
export function describeIssues(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? describeIssue(issue) : "invalid";
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.map(String).join(".");
  return path ? `${path}: ${issue.message}` : issue.message;
}
