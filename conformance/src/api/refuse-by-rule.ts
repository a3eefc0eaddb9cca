/** The faults that look at the request before they refuse it; options and defaults make standing rules of them. */
import { type Answer, refusal } from "./answer.ts";
import type { Fault } from "./fault.ts";
import { isJsonObject } from "./json-value.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import { MAX_EVENTS_PER_BATCH } from "./wire-schema.ts";

export type Rule = Extract<Fault, { kind: "too-large" | "reject-batches-containing" }>;

/** The refusal, or null when the request is within the rule. */
export function refuseByRule(request: RecordedRequest, rule: Rule): Answer | null {
  switch (rule.kind) {
    case "too-large":
      return refuseTooLarge(request, rule);
    case "reject-batches-containing":
      return refuseContaining(request, rule);
    default:
      return rule satisfies never;
  }
}

function refuseTooLarge(request: RecordedRequest, rule: Extract<Rule, { kind: "too-large" }>): Answer | null {
  const { aboveBytes = Number.POSITIVE_INFINITY, aboveEvents = Number.POSITIVE_INFINITY } = rule;
  if (request.body.byteLength > aboveBytes) {
    return refusal(413, "payload_too_large", `The body has more than ${aboveBytes} bytes.`, request.index);
  }
  // More than 500 events break the contract whatever this server's own limit: that stays a 400.
  if (request.events.length > aboveEvents && request.events.length <= MAX_EVENTS_PER_BATCH) {
    return refusal(413, "payload_too_large", `The batch has more than ${aboveEvents} events.`, request.index);
  }
  return null;
}

function refuseContaining(
  request: RecordedRequest,
  rule: Extract<Rule, { kind: "reject-batches-containing" }>,
): Answer | null {
  const marker = JSON.stringify(rule.value);
  const poisoned = request.events.findIndex(
    ({ properties }) => isJsonObject(properties) && JSON.stringify(properties[rule.key]) === marker,
  );
  if (poisoned === -1) return null;
  return refusal(400, "invalid_event", `events.${poisoned}: refused by this server.`, request.index);
}
