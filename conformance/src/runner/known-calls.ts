/** Which calls of a case can be recognised on the wire, for the order invariant. */
import type { Case, Step } from "../case.ts";
import { CALL_NAMES, type Call, type CallForm, type WireValue } from "../protocol.ts";
import type { KnownCall } from "./invariants.ts";

/** The calls of the whole case in order, repetitions written out. Calls with odd arguments can't arrive and are left out. */
export function knownCalls(steps: Case["steps"], form: CallForm): KnownCall[] {
  return steps.flatMap(callsOf).flatMap((call) => expand(call, form));
}

export function callsOf(step: Step): Call[] {
  if ("calls" in step) return step.calls;
  return CALL_NAMES.some((name) => name in step) ? [step as Call] : [];
}

function expand(call: Call, form: CallForm): KnownCall[] {
  const calls: KnownCall[] = [];
  for (let index = 0; index < (call.repeat ?? 1); index++) {
    const known = form === "server" ? serverCall(call, index) : clientCall(call, index);
    if (known) calls.push(known);
  }
  return calls;
}

function serverCall(call: Call, index: number): KnownCall | undefined {
  const kind = call.track ? "track" : "identify";
  const args = call[kind] ?? [];
  const bound = "forUser" in call;
  const userId = text(bound ? call.forUser : args[0], index);
  const rest = bound ? args : args.slice(1);
  const eventType = kind === "track" ? text(rest[0], index) : "";
  if (userId === undefined || eventType === undefined) return undefined;
  return { kind, userId, eventType, mark: kind === "track" ? markOf(rest[1], index) : undefined };
}

/** Only an identify says whose it is. */
function clientCall({ track, page, identify }: Call, index: number): KnownCall | undefined {
  if (identify) {
    const userId = text(identify[0], index);
    return userId === undefined ? undefined : { kind: "identify", userId, eventType: "", mark: undefined };
  }
  const [event, properties] = track ?? (page ? ["page_viewed", page[0]] : []);
  const eventType = text(event, index);
  return eventType === undefined
    ? undefined
    : { kind: "track", userId: undefined, eventType, mark: markOf(properties, index) };
}

/** User ids that are numbers travel as text. */
function text(value: WireValue | undefined, index: number): string | undefined {
  if (typeof value === "string" || typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (value.$value === "index")
    return typeof value.prefix === "string" ? `${value.prefix}${index}` : String(index);
  return value.$value === "bigint" ? String(value.of) : undefined;
}

function markOf(properties: WireValue | undefined, index: number): number | undefined {
  if (typeof properties !== "object" || properties === null || Array.isArray(properties)) return undefined;
  const { n } = properties;
  if (typeof n === "number") return n;
  return typeof n === "object" && n !== null && !Array.isArray(n) && n.$value === "index" ? index : undefined;
}
