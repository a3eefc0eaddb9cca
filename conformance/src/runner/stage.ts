/**
 * The stage of one case: a fresh API, a fresh client in the subject, the clock both see, and the one question every
 * step ends with: has everything that can happen by itself happened? No step waits for time to pass.
 */
import { setImmediate } from "node:timers/promises";
import { type IngestionApi, startIngestionApi } from "../api/index.ts";
import type { Case, ClientSetup } from "../case.ts";
import type { CallForm, Collected, Command, Created, WireObject } from "../protocol.ts";
import type { AnswerTo } from "./driver-answers.ts";
import type { Scene } from "./expectations.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createPastPages, type PastPages } from "./past-pages.ts";
import type { Beginning } from "./reported-exchange.ts";
import type { Session } from "./session.ts";
import type { ClockKind, SubjectProcess } from "./subject-process.ts";

/** Recognisable wherever it turns up. */
export const KEY = "wrk_conformance_S3cretPart";
/** The API takes it too: of an app that has two. */
export const ANOTHER_KEY = "wrk_another_S3cretPart";
/** Every virtual clock starts here: the last millisecond of a second, at noon, so that rounding up would show. */
const START_MS = Date.parse("2026-06-14T12:00:00.999Z");
/** Without a new request: far above what anything on loopback takes, on a busy machine too; reached only when something is stuck. */
const SETTLE_LIMIT_MS = 15_000;
/** Of an SDK that never comes to rest: more than any case asks for without a wait. */
const MAX_REQUESTS_AT_ONCE = 1_000;
/** A timer that is due and does not fire, or is set anew at once each time, would be waited for in all eternity. */
const MAX_TIMERS_A_SECOND = 100;
/** How long the last requests of a page may take to arrive. One that a browser lets die with the page never does. */
const FAREWELL_LIMIT_MS = 1_000;

type Creation = Command & { do: "create" };
type Idle = AnswerTo<{ do: "idle" }>;

export interface Stage {
  api: IngestionApi;
  faults: Faults;
  process: SubjectProcess;
  creationError: string | undefined;
  send: Session["send"];
  /** Moves the clock from timer to timer; what each of them starts is over before time goes on. */
  advance(ms: number): Promise<void>;
  /** The clock moves, timers do not notice. */
  jump(ms: number): Promise<void>;
  /** The page goes away and comes back, with a new client of the same options, or with these instead. */
  reload(options: WireObject): Promise<void>;
  past: PastPages;
  /** Returns when no request is under way, except those that nothing but time or a release can end. */
  settle(): Promise<Idle>;
  collect(name: string): Promise<Collected>;
  scene(names: readonly string[]): Promise<Scene>;
  otherOrigin: IngestionApi;
  /** When the case began. */
  since: Beginning;
  close(): Promise<void>;
}

export async function setStage(theCase: Case, process: SubjectProcess, clock: ClockKind): Promise<Stage> {
  let nowMs = clock === "virtual" ? START_MS : Date.now();
  const now = clock === "virtual" ? () => nowMs : Date.now;
  const since = { realMs: performance.now(), ...(clock === "virtual" && { virtualMs: nowMs }) };
  const { server = {} } = theCase;
  const api = await startIngestionApi({
    ...server.options,
    ...whoMaySend(process),
    keys: [KEY, ANOTHER_KEY],
    now,
  });
  const otherOrigin = await startIngestionApi({ ...whoMaySend(process, REDIRECTED), keys: [KEY], now });
  const faults = createFaults(api, otherOrigin.url);
  faults.play(server.script ?? []);
  faults.setDefault(server.default ?? null);
  /** What the driver said when everything had settled, until it is told something else: a clock that stands still changes nothing. */
  let atRest: Idle | undefined;
  const send: Session["send"] = (command) => {
    atRest = undefined;
    return process.session.send(command);
  };
  async function settled(): Promise<Idle> {
    const idle = atRest ?? (await settle(stage));
    if (clock === "virtual") atRest = idle;
    return idle;
  }
  const close = async () => void (await Promise.all([api.close(), otherOrigin.close()]));
  const past = createPastPages();
  const created = await send(creation(theCase, api.url, nowMs)).catch((error: unknown) =>
    close().then(() => Promise.reject(error)),
  );
  const creationError = refusalOf(created);

  const stage: Stage = {
    api,
    faults,
    otherOrigin,
    since,
    process,
    creationError,
    send,
    async advance(ms) {
      let timers = 0;
      let sinceMs = nowMs;
      for (let left = ms; left > 0; ) {
        const { nextTimerInMs } = await settled();
        const step = Math.min(left, Math.max(0, nextTimerInMs ?? left));
        if (nowMs - sinceMs >= 1_000) [timers, sinceMs] = [0, nowMs];
        if (++timers > MAX_TIMERS_A_SECOND)
          giveUp(stage, `a timer is due again and again: ${timers} times within a second`);
        // The API's clock first: what a timer sends may arrive before the driver's answer.
        nowMs += step;
        left -= step;
        await send({ do: "advance", ms: step });
      }
      await settled();
    },
    async jump(ms) {
      nowMs += ms;
      await send({ do: "jump", ms });
    },
    async reload(options) {
      const { inFlight } = await settled();
      const answered = api.requests.length - inFlight;
      const observation = await send({ do: "observe" });
      past.goes(api.requests.length);
      await send({ do: "reload" });
      const { requests } = await send({ do: "idle" });
      if (requests === undefined) throw new Error('"idle" has to say how many requests were made');
      const sent = requests - otherOrigin.requests.length;
      await api.waitForRequests(sent, FAREWELL_LIMIT_MS).catch(() => {});
      // The next page waits for nothing of this one, whenever the API notices.
      past.leaveOpen(faults.silent({}));
      faults.allOver({});
      past.add(observation, api.requests.slice(answered));
      past.stays(api.requests.length);
      const again = await send({ ...creation(theCase, api.url, nowMs, options), again: true });
      const refusal = refusalOf(again);
      if (refusal !== undefined) throw new Error(`the SDK refused to be created again: ${refusal}`);
    },
    past,
    settle: settled,
    async collect(name) {
      const collected = await send({ do: "collect", name });
      if (collected === null) throw new Error(`the driver knows no flush or shutdown named "${name}"`);
      return collected;
    },
    async scene(names) {
      const observation = await send({ do: "observe" });
      const results: Record<string, Collected> = {};
      for (const name of names) results[name] = await stage.collect(name);
      const failed = creationError === undefined ? {} : { creationError };
      return { api, otherOrigin, observation: past.withReports(observation), results, ...failed };
    },
    close,
  };
  return stage;
}

/** What browsers call the origin of a request that came here by a redirect from elsewhere. */
const REDIRECTED = "null";

/** The subject and nobody else: its page, or what is no page. */
function whoMaySend({ pageOrigin }: SubjectProcess, ...origins: string[]) {
  const isPage = pageOrigin !== undefined;
  return { cors: isPage, freshConnections: isPage, origins: isPage ? [pageOrigin, ...origins] : origins };
}

/** Why the SDK refused to make a client, in its words. */
function refusalOf({ created, error }: Created): string | undefined {
  return created ? undefined : (error ?? "it does not say why");
}

/** Cases of client SDKs are written as those are called. */
export function formOf({ needs }: Case): CallForm {
  return needs?.includes("client") ? "client" : "server";
}

function creation(theCase: Case, url: string, nowMs: number, instead: WireObject = {}): Creation {
  const client: ClientSetup = theCase.client ?? {};
  const { baseUrlSuffix = "", clockFractionMs, privacy, waitUntil = "works", onError, twice } = client;
  const options: WireObject = { apiKey: KEY, baseUrl: url + baseUrlSuffix, ...client.options, ...instead };
  return {
    do: "create",
    form: formOf(theCase),
    options,
    nowMs,
    ...(clockFractionMs !== undefined && { clockFractionMs }),
    ...(privacy && { privacy }),
    ...(theCase.needs?.includes("wait-until") && { waitUntil }),
    ...(onError && { onError }),
    ...(twice && { twice }),
  };
}

async function settle(stage: Stage): Promise<Idle> {
  const { requests } = stage.api;
  const before = requests.length;
  let seen = before;
  let deadline = performance.now() + SETTLE_LIMIT_MS;
  for (;;) {
    const idle = await stage.send({ do: "idle" });
    const { inFlight, held, unheard = 0 } = idle;
    const silent = stage.faults.silent(idle);
    // The status of an answer that stalls is on its way, and has to have arrived.
    const mayHear = unheard > silent.filter(({ status }) => status === undefined).length;
    if (inFlight > 0 && !mayHear && inFlight === held + silent.length) return idle;
    if (inFlight === 0) {
      if (stage.process.pageOrigin) stage.past.leaveOpen(silent);
      if (stage.api.inFlight() === stage.past.stillOpen()) {
        stage.faults.allOver(idle);
        return idle;
      }
    }
    if (requests.length > seen) {
      seen = requests.length;
      deadline = performance.now() + SETTLE_LIMIT_MS;
    }
    if (performance.now() > deadline || seen - before > MAX_REQUESTS_AT_ONCE) {
      const [atSdk, atApi] = [`${inFlight} in flight at the SDK`, `${stage.api.inFlight()} at the API`];
      return giveUp(stage, `nothing settles: ${atSdk}, ${atApi}, ${seen - before} requests since`);
    }
    await setImmediate();
  }
}

/** The driver is out of step with what it drives: it plays no other case. */
function giveUp(stage: Stage, why: string): never {
  stage.process.session.end(why);
  throw new Error(why);
}
