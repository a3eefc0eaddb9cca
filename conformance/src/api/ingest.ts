/** What happens to a request before its endpoint sees it: key, content type, standing rules, JSON. */
import { type Answer, refusal } from "./answer.ts";
import { authenticate, type Keys } from "./authenticate.ts";
import type { WritableStore } from "./create-store.ts";
import type { Endpoint } from "./endpoints.ts";
import type { IngestionAppOptions, PoisonMode } from "./ingestion-api.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import { type Rule, refuseByRule } from "./refuse-by-rule.ts";

/** Generous beside the SDKs' 512 KiB batches, small enough that a runaway client is told so. */
export const DEFAULT_MAX_BODY_BYTES = 4 * 1024 * 1024;

export interface Twist {
  /** One more rule, for this request only. */
  rule?: Rule;
  rejectFirst?: number;
}

/** Processes a request whose body was read: stores what is good and answers. */
export type Ingest = (request: RecordedRequest, endpoint: Endpoint, twist?: Twist) => Answer;

export function createIngest(options: IngestionAppOptions, store: WritableStore, now: () => number): Ingest {
  const keys: Keys = { valid: options.keys ?? ["wrk_test"], revoked: options.revokedKeys ?? [] };
  const poison: PoisonMode = options.poison ?? "reject_event";
  const standing = standingRules(options);

  return (request, endpoint, twist = {}) => {
    const rules = twist.rule ? [...standing, twist.rule] : standing;
    const refused =
      authenticate(request, keys) ??
      refuseContentType(request) ??
      refuseByRules(request, rules) ??
      refuseNonJson(request);
    if (refused) return refused;
    return endpoint(request, { store, poison, nowMs: now(), rejectFirst: twist.rejectFirst ?? 0 });
  };
}

function standingRules(options: IngestionAppOptions): Rule[] {
  const limit: Rule = {
    kind: "too-large",
    aboveBytes: options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES,
    ...(options.maxEvents !== undefined && { aboveEvents: options.maxEvents }),
  };
  const marker = options.rejectBatchesContaining;
  return marker ? [limit, { kind: "reject-batches-containing", ...marker }] : [limit];
}

function refuseByRules(request: RecordedRequest, rules: Rule[]): Answer | null {
  for (const rule of rules) {
    const refused = refuseByRule(request, rule);
    if (refused) return refused;
  }
  return null;
}

function refuseContentType(request: RecordedRequest): Answer | null {
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type === "application/json") return null;
  return refusal(415, "unsupported_media_type", "Send Content-Type: application/json.", request.index);
}

function refuseNonJson(request: RecordedRequest): Answer | null {
  return request.json === undefined
    ? refusal(400, "invalid_json", "The body is not JSON.", request.index)
    : null;
}
