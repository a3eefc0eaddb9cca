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
  const largestBody = Math.max(0, ...requests.map(({ body }) => body.length));
  return [
    ...(expected.requests
      ? requestProblems(requests, expected.requests, scene.observation.outliving ?? [])
      : []),
    ...unmet(
      [requests.length, expected.requestCount, "number of requests"],
      [largestBody, expected.largestBody, "largest body"],
    ),
    ...(expected.stored ? storedProblems(scene.api, expected.stored) : []),
    ...unmet([scene.otherOrigin?.requests.length ?? 0, expected.otherOriginRequests, "requests elsewhere"]),
    ...claimProblems(expected, scene),
    ...(expected.exit ? exitProblems(expected.exit, scene.exit) : []),
  ];
}

type Check = readonly [value: unknown, pattern: Pattern | undefined, path: string];

/** What is wrong with those of which the case says something. */
function unmet(...checks: readonly Check[]): string[] {
  return checks.flatMap(([value, pattern, path]) =>
    pattern === undefined ? [] : mismatches(value, pattern, path),
  );
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
  // Not answered yet, while the case is over: its browser just keeps the connection that was given up.
  const outcome = request.outcome === "pending" ? "hung" : request.outcome;
  const problems = unmet(
    [request.path, expected.path, `${at} path`],
    [compactTypes(typesOf(request)), expected.types, `${at} types`],
    [request.identify?.external_user_id, expected.identify, `${at} identify`],
    [request.json, expected.body, `${at} body`],
    [request.status, expected.status, `${at} status`],
    [outcome, expected.outcome, `${at} outcome`],
    [outlives, expected.outlives, `${at} outlives its page`],
    [request.headers, expected.headers && { $partial: expected.headers }, `${at} headers`],
  );
  return problems.length === 0
    ? []
    : [...problems, `  seen: ${describeRequest(request)} ${request.text.slice(0, 600)}`];
}

function storedProblems(api: IngestionApi, expected: StoredExpectation): string[] {
  const { store } = api;
  const lists = Object.entries(storedLists(api));
  const users = Object.entries(expected.users ?? {});
  return unmet(
    [compactTypes(store.events.map(({ eventType }) => eventType)), expected.types, "stored types"],
    [store.duplicates, expected.duplicates, "stored duplicates"],
    [store.rejected.length, expected.rejected, "stored rejected"],
    ...lists.map(
      ([name, list]): Check => [list, expected[name as keyof StoredExpectation], `stored ${name}`],
    ),
    ...users.map(([id, user]): Check => [store.users.get(id), user, `stored user ${id}`]),
  );
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
  const { errors, stats, output, holds } = scene.observation;
  const refusal =
    expected.creationError === undefined && scene.creationError !== undefined
      ? [`createWhisperr threw: ${scene.creationError}`]
      : [];
  const results = Object.entries(expected.results ?? {});
  return [
    ...unmet(
      [errors, expected.errors, "errors"],
      [stats, expected.stats, "stats"],
      [output.join("\n"), expected.output, "output"],
      [scene.creationError, expected.creationError, "creation error"],
    ),
    ...refusal,
    ...unmet(
      [holds, expected.holds, "held by waitUntil"],
      ...results.map(([name, one]): Check => [scene.results[name]?.value, one, `result of ${name}`]),
    ),
  ];
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
