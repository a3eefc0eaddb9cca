/** The three endpoints of CONTRACT section 1: a parsed request in, what was stored and the answer out. */
import { type Answer, refusal, success } from "./answer.ts";
import type { WritableStore } from "./create-store.ts";
import type { PoisonMode } from "./ingestion-api.ts";
import { describeIssues, type Judgement, judgeEvent } from "./judge-event.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import { batchSchema, identifySchema } from "./wire-schema.ts";

export interface EndpointContext {
  store: WritableStore;
  nowMs: number;
  poison: PoisonMode;
  /** Count this many leading events of a batch as rejected, whatever they are. */
  rejectFirst: number;
}

export type Endpoint = (request: RecordedRequest, context: EndpointContext) => Answer;

export const acceptBatch: Endpoint = (request, context) => {
  const batch = batchSchema.safeParse(request.json);
  if (!batch.success) return invalid(request, describeIssues(batch.error));
  const judgements = batch.data.events.map((event) => judgeEvent(event, context.nowMs));
  for (const [position, judgement] of judgements.entries()) {
    const fatal = judgement.verdict === "malformed" || context.poison === "reject_batch";
    if (judgement.verdict !== "good" && fatal)
      return invalid(request, `events.${position}: ${judgement.reason}`);
  }
  const accepted = judgements.filter((judgement, position) => {
    if (position >= context.rejectFirst) return keep(judgement, request, context.store);
    const event = request.events[position] ?? {};
    context.store.reject({ requestIndex: request.index, reason: "rejected by the script", event });
    return false;
  }).length;
  const rejected = judgements.length - accepted;
  return success({ accepted, rejected }, rejected);
};

export const acceptTrack: Endpoint = (request, context) => {
  const judgement = judgeEvent(request.json, context.nowMs);
  if (judgement.verdict !== "good") return invalid(request, judgement.reason);
  keep(judgement, request, context.store);
  return success({ event: { mapping_status: "pending" }, processing: "queued" });
};

export const acceptIdentify: Endpoint = (request, context) => {
  const identify = identifySchema.safeParse(request.json);
  if (!identify.success) return invalid(request, describeIssues(identify.error));
  context.store.identify(identify.data);
  return success({ processing: "queued" });
};

/** Stores a good event, or writes down why not; true when it counts as accepted (a duplicate does). */
function keep(judgement: Judgement, request: RecordedRequest, store: WritableStore): boolean {
  const requestIndex = request.index;
  switch (judgement.verdict) {
    case "good":
      store.addEvent({ ...judgement.event, requestIndex });
      return true;
    case "rejected":
      store.reject({ requestIndex, reason: judgement.reason, event: judgement.event });
      return false;
    case "malformed":
      throw new Error("A malformed event refuses its whole request, so it is never kept.");
    default:
      return judgement satisfies never;
  }
}

function invalid(request: RecordedRequest, message: string): Answer {
  return refusal(400, "invalid_request", message, request.index);
}
