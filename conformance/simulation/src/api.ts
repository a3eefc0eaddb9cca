/**
 * The API of a simulated world: the mock API's own judgement and store, without HTTP, in a mood. A mood says what
 * becomes of requests: a world changes it, as outages and mistakes do.
 */

import { BATCH_PATH, type RetryAfter, type Store } from "@whisperr/conformance/api";
import type { Answer } from "@whisperr/conformance/api/answer.ts";
import { createStore } from "@whisperr/conformance/api/create-store.ts";
import { acceptBatch, acceptIdentify } from "@whisperr/conformance/api/endpoints.ts";
import { createIngest } from "@whisperr/conformance/api/ingest.ts";
import { redirectAnswer, statusAnswer } from "@whisperr/conformance/api/scripted-answer.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { Read, Sent } from "./wire.ts";

export const API_KEY = "wrk_simulated_key";

export type Mood =
  /** Takes everything but poison. */
  | "well"
  /** 5xx, with a body that may be HTML. */
  | "unavailable"
  /** 429 or 503 with `Retry-After`, in all its forms. */
  | "throttling"
  /** 401 or 403, with the key in its words. */
  | "refusesKey"
  /** 400 for everything. */
  | "refusesAll"
  /** Somebody else's host answers. */
  | "redirects"
  /** Nothing is stored and nobody answers. */
  | "hangs"
  /** Nothing is stored, and the connection breaks. */
  | "resets"
  /** All is stored, and the answer is lost. */
  | "losesAnswers"
  /** All is stored; of the answer, the body breaks off or never comes. */
  | "cutsAnswers"
  /** Any of `moods`, for each request anew. */
  | "moody";

/** What a firewall in front of the API does, for ever, to a request that holds something forbidden. */
export type Firewall =
  /** 403, and not in the API's words. */
  | "forbids"
  /** 500. */
  | "fails"
  | "hangs"
  | "resets";

/** For worlds to draw from. */
export const FIREWALLS: readonly Firewall[] = ["forbids", "fails", "hangs", "resets"];

/** What reaches the client. */
export interface Reply {
  /** `hangs`: nothing ever. `breaks`: no answer, the connection is gone. */
  readonly how: "answered" | "hangs" | "breaks";
  readonly answer: Answer;
  /** How much of the answer's body comes. */
  readonly body: "whole" | "cut" | "stalls";
}

export interface SimulatedApi {
  mood: Mood;
  /** Requests that arrived after their sender had let go of them. */
  stragglers: number;
  readonly store: Store;
  /** Operations that were taken, in the order of their first arrival. */
  readonly stored: ReadonlyMap<number, Sent>;
  /** Events of batches that were taken which were not: stamped too early or too late. */
  readonly rejected: ReadonlySet<number>;
  /** The number of the identify that each user has on the server: the last one that was taken. */
  readonly identified: ReadonlyMap<unknown, number>;
  /** Operations that were judged. */
  readonly judged: number;
  /** How often an operation arrived that was there already. */
  readonly arrivedAgain: number;
  take(request: Read): Reply;
}

export interface ApiSettings {
  /** Those that a moody API has; one that is there twice comes twice as often. */
  readonly moods: readonly Mood[];
  /** Events above which a batch is 413. */
  readonly maxEvents?: number;
  /** Whatever the mood is. */
  readonly firewall?: Firewall | undefined;
  /** Refuses single events of a batch, or all of it. */
  readonly poison?: "reject_event" | "reject_batch";
}

const NONE: Answer = { status: 0, headers: {}, body: "", rejected: 0 };
const RETRY_AFTERS: readonly (RetryAfter | undefined)[] = [
  { seconds: 0 },
  { seconds: 1 },
  { seconds: 1 },
  { seconds: 30 },
  { seconds: 3600 },
  { dateInMs: 2500 },
  { dateInMs: 20_000 },
  { dateInMs: -5000 },
  undefined,
];
const HTML = "<html><body>Bad gateway</body></html>";

export function simulatedApi(random: SeededRandom, nowMs: () => number, settings: ApiSettings): SimulatedApi {
  const store = createStore();
  const ingest = createIngest(
    {
      keys: [API_KEY],
      poison: settings.poison ?? "reject_event",
      rejectBatchesContaining: { key: "poison", value: true },
      ...(settings.maxEvents !== undefined && { maxEvents: settings.maxEvents }),
    },
    store,
    nowMs,
  );
  const stored = new Map<number, Sent>();
  const rejected = new Set<number>();
  const identified = new Map<unknown, number>();
  let judged = 0;
  let arrivedAgain = 0;

  /** Judges it, and notes by number what the store keeps by id. */
  function process({ operations, path, recorded }: Read): Answer {
    judged += operations.length;
    const rejectedBefore = store.rejected.length;
    const answer = ingest(recorded, path === BATCH_PATH ? acceptBatch : acceptIdentify);
    if (answer.status !== 202) return answer;
    const bad = new Set(store.rejected.slice(rejectedBefore).map(({ event }) => event));
    for (const { key, json } of path === BATCH_PATH ? [] : operations)
      identified.set(json.external_user_id, key);
    for (const operation of operations) {
      if (bad.has(operation.json)) rejected.add(operation.key);
      else if (stored.has(operation.key)) arrivedAgain++;
      else stored.set(operation.key, operation);
    }
    return answer;
  }

  function refuse(mood: Mood): Answer | undefined {
    const scripted = (status: number, more: object = {}) =>
      statusAnswer({ kind: "status", status, ...more }, 0, nowMs());
    switch (mood) {
      case "unavailable":
        return scripted(random.pick([500, 502, 503, 504]), random.chance(0.5) ? { html: HTML } : {});
      case "throttling": {
        const retryAfter = random.pick(RETRY_AFTERS);
        return scripted(
          random.pick([429, 503]),
          retryAfter ? { retryAfter } : { headers: { "retry-after": "soon" } },
        );
      }
      case "refusesKey":
        return scripted(random.pick([401, 403]), { json: { error: { code: "no", message: API_KEY } } });
      case "refusesAll":
        return scripted(random.pick([400, 404, 422]));
      case "redirects":
        return redirectAnswer({ kind: "redirect", status: 307, location: "https://elsewhere.example/" });
      default:
        return undefined;
    }
  }

  function block(firewall: Firewall): Reply {
    if (firewall === "hangs" || firewall === "resets")
      return { how: firewall === "hangs" ? "hangs" : "breaks", answer: NONE, body: "whole" };
    const status = firewall === "forbids" ? 403 : 500;
    const answer = statusAnswer({ kind: "status", status, html: HTML }, 0, nowMs());
    return { how: "answered", answer, body: "whole" };
  }

  const api = {
    mood: "well" as Mood,
    stragglers: 0,
    store,
    stored,
    rejected,
    identified,
    get judged() {
      return judged;
    },
    get arrivedAgain() {
      return arrivedAgain;
    },
    take(request: Read): Reply {
      const { firewall } = settings;
      if (firewall && request.operations.some(({ isForbidden }) => isForbidden)) return block(firewall);
      const mood = api.mood === "moody" ? random.pick(settings.moods) : api.mood;
      if (mood === "hangs") return { how: "hangs", answer: NONE, body: "whole" };
      if (mood === "resets") return { how: "breaks", answer: NONE, body: "whole" };
      const refused = refuse(mood);
      if (refused) return { how: "answered", answer: refused, body: "whole" };
      const answer = process(request);
      if (mood === "losesAnswers") return { how: "breaks", answer, body: "whole" };
      const body = mood === "cutsAnswers" ? random.pick(["cut", "stalls"] as const) : "whole";
      return { how: "answered", answer, body };
    },
  };
  return api;
}
