/** Judges a case's expectations. The first ones looked at are those on what the API received. */
import type { IngestionApi, RecordedRequest } from "../api/index.ts";
import type { Expectations, RequestExpectation, StoredExpectation } from "../expectations.ts";
import type { Collected, Observation } from "../protocol.ts";
import { compactTypes, describeRequest, typesOf } from "./exchange.ts";
import { mismatches, type Pattern } from "./pattern.ts";

/** What there is to look at, at the moment of the check. */
export interface Scene {
  api: IngestionApi;
  otherOrigin?: IngestionApi;
  observation: Observation;
  /** Named flushes and shutdowns. */
  results: Record<string, Collected>;
  creationError?: string;
  exit?: { code: number | string; elapsedMs: number };
}

export function unmetExpectations(expected: Expectations, scene: Scene): string[] {
  const { requests } = scene.api;
  return [
    ...(expected.requests
      ? requestProblems(requests, expected.requests, scene.observation.outliving ?? [])
      : []),
    ...(expected.requestCount === undefined
      ? []
      : mismatches(requests.length, expected.requestCount, "number of requests")),
    ...(expected.largestBody === undefined
      ? []
      : mismatches(
          Math.max(0, ...requests.map(({ body }) => body.length)),
          expected.largestBody,
          "largest body",
        )),
    ...(expected.stored ? storedProblems(scene.api, expected.stored) : []),
    ...(expected.otherOriginRequests === undefined
      ? []
      : mismatches(
          scene.otherOrigin?.requests.length ?? 0,
          expected.otherOriginRequests,
          "requests elsewhere",
        )),
    ...claimProblems(expected, scene),
    ...(expected.exit ? exitProblems(expected.exit, scene.exit) : []),
  ];
}

function requestProblems(
  seen: readonly RecordedRequest[],
  expected: RequestExpectation[],
  outliving: readonly boolean[],
): string[] {
  const problems = expected.flatMap((one, i) => {
    const request = seen[i];
    return request ? oneRequestProblems(request, one, outliving[i]) : [];
  });
  if (seen.length !== expected.length) {
    problems.unshift(`expected ${expected.length} requests, the API saw ${seen.length}`);
  }
  return problems;
}

function oneRequestProblems(
  request: RecordedRequest,
  expected: RequestExpectation,
  outlives: boolean | undefined,
): string[] {
  const at = `request #${request.index}`;
  const problems: string[] = [];
  if (expected.path !== undefined) problems.push(...mismatches(request.path, expected.path, `${at} path`));
  if (expected.types)
    problems.push(...mismatches(compactTypes(typesOf(request)), expected.types, `${at} types`));
  if (expected.identify !== undefined) {
    problems.push(...mismatches(request.identify?.external_user_id, expected.identify, `${at} identify`));
  }
  if (expected.body !== undefined) problems.push(...mismatches(request.json, expected.body, `${at} body`));
  if (expected.status !== undefined)
    problems.push(...mismatches(request.status, expected.status, `${at} status`));
  if (expected.outcome !== undefined) {
    // Not answered yet, while the case is over: its browser just keeps the connection that was given up.
    const outcome = request.outcome === "pending" ? "hung" : request.outcome;
    problems.push(...mismatches(outcome, expected.outcome, `${at} outcome`));
  }
  if (expected.outlives !== undefined)
    problems.push(...mismatches(outlives, expected.outlives, `${at} outlives its page`));
  if (expected.headers)
    problems.push(...mismatches(request.headers, { $partial: expected.headers }, `${at} headers`));
  return problems.length === 0
    ? []
    : [...problems, `  seen: ${describeRequest(request)} ${request.text.slice(0, 600)}`];
}

function storedProblems(api: IngestionApi, expected: StoredExpectation): string[] {
  const { store } = api;
  const problems: string[] = [];
  if (expected.types) {
    const types = compactTypes(store.events.map(({ eventType }) => eventType));
    problems.push(...mismatches(types, expected.types, "stored types"));
  }
  if (expected.duplicates !== undefined) {
    problems.push(...mismatches(store.duplicates, expected.duplicates, "stored duplicates"));
  }
  if (expected.rejected !== undefined) {
    problems.push(...mismatches(store.rejected.length, expected.rejected, "stored rejected"));
  }
  for (const [name, list] of Object.entries(storedLists(api))) {
    const pattern = expected[name as keyof StoredExpectation] as Pattern | undefined;
    if (pattern !== undefined) problems.push(...mismatches(list, pattern, `stored ${name}`));
  }
  for (const [id, user] of Object.entries(expected.users ?? {})) {
    problems.push(...mismatches(store.users.get(id), user, `stored user ${id}`));
  }
  return problems;
}

/** One item per stored event, in the order accepted. */
function storedLists({ requests, store: { events } }: IngestionApi) {
  const visitors = numbered(
    "visitor",
    events.map(({ anonymousId }) => anonymousId),
    requests.flatMap(visitorsIn),
  );
  return {
    properties: events.map(({ properties }) => properties),
    contexts: events.map(({ context }) => context),
    occurredAt: events.map(({ occurredAt }) => occurredAt),
    sessions: numbered(
      "session",
      events.map(({ context }) => context.session_id),
    ),
    owners: events.map(({ userId }, position) => userId ?? visitors[position]),
  };
}

/** Anonymous ids in order: a visitor whose events all went out under the user's name is known by the identify alone. */
function visitorsIn({ events, identify }: RecordedRequest): unknown[] {
  return [...events, identify ?? {}].map((sent) => sent.anonymous_id);
}

/** Values nobody can foretell, as "word n", numbered as they appear in `all`; absent ones stay absent. */
function numbered(
  word: string,
  values: readonly unknown[],
  all: readonly unknown[] = values,
): (string | undefined)[] {
  const known = [...new Set(all.filter((value) => value !== undefined))];
  return values.map((value) => (value === undefined ? undefined : `${word} ${known.indexOf(value) + 1}`));
}

function claimProblems(expected: Expectations, scene: Scene): string[] {
  const { errors, stats, output } = scene.observation;
  const problems: string[] = [];
  if (expected.errors !== undefined) problems.push(...mismatches(errors, expected.errors, "errors"));
  if (expected.stats !== undefined) problems.push(...mismatches(stats, expected.stats, "stats"));
  if (expected.output !== undefined)
    problems.push(...mismatches(output.join("\n"), expected.output, "output"));
  if (expected.creationError !== undefined) {
    problems.push(...mismatches(scene.creationError, expected.creationError, "creation error"));
  } else if (scene.creationError !== undefined) {
    problems.push(`createWhisperr threw: ${scene.creationError}`);
  }
  if (expected.holds !== undefined)
    problems.push(...mismatches(scene.observation.holds, expected.holds, "held by waitUntil"));
  for (const [name, pattern] of Object.entries(expected.results ?? {})) {
    problems.push(...mismatches(scene.results[name]?.value, pattern, `result of ${name}`));
  }
  return problems;
}

function exitProblems(expected: NonNullable<Expectations["exit"]>, exit: Scene["exit"]): string[] {
  if (!exit) return ["the process was expected to end, but the case has no exit step"];
  const { withinMs, notBeforeMs = 0 } = expected;
  return [
    ...mismatches(exit.code, expected.code, "exit code"),
    ...mismatches(
      Math.round(exit.elapsedMs),
      { $between: [notBeforeMs, withinMs] },
      "ms until the process ended",
    ),
  ];
}
