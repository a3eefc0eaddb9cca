/**
 * The stage of one case: a fresh API, a fresh client in the subject, the clock both see, and the one question every
 * step ends with: has everything that can happen by itself happened? No step waits for time to pass.
 */
import { setImmediate } from "node:timers/promises";
import { type IngestionApi, startIngestionApi } from "../api/index.ts";
import type { Case, ClientSetup } from "../case.ts";
import type { CallForm, Collected, Command, Created, Idle, Observation, WireObject } from "../protocol.ts";
import type { Scene } from "./expectations.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createPastPages, type PastPages } from "./past-pages.ts";
import type { Beginning } from "./reported-exchange.ts";
import type { ClockKind, SubjectProcess } from "./subject-process.ts";

/** Recognisable wherever it turns up. */
export const KEY = "wrk_conformance_S3cretPart";
/** The API takes it too: of an app that has two. */
export const ANOTHER_KEY = "wrk_another_S3cretPart";
/** Every virtual clock starts here: the last millisecond of a second, at noon, so that rounding up would show. */
const START_MS = Date.parse("2026-06-14T12:00:00.999Z");
/** Far above what anything on loopback takes; reached only when something is stuck. */
const SETTLE_LIMIT_MS = 15_000;
/** How long the last requests of a page may take to arrive. One that a browser lets die with the page never does. */
const FAREWELL_LIMIT_MS = 1_000;

type Creation = Command & { do: "create" };

export interface Stage {
  api: IngestionApi;
  faults: Faults;
  process: SubjectProcess;
  creationError: string | undefined;
  send(command: Command): Promise<unknown>;
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
    ...forPages(process),
    keys: [KEY, ANOTHER_KEY],
    now,
  });
  const otherOrigin = await startIngestionApi({ ...forPages(process), keys: [KEY], now });
  const faults = createFaults(api, otherOrigin.url);
  faults.play(server.script ?? []);
  faults.setDefault(server.default ?? null);
  const { send } = process.session;
  const close = async () => void (await Promise.all([api.close(), otherOrigin.close()]));
  const past = createPastPages();
  const created = await send(creation(theCase, api.url, nowMs)).then(
    (value) => value as Created,
    (error: unknown) => close().then(() => Promise.reject(error)),
  );

  const stage: Stage = {
    api,
    faults,
    otherOrigin,
    since,
    process,
    creationError: created.error,
    send,
    async advance(ms) {
      for (let left = ms; left > 0; ) {
        const { nextTimerInMs } = await settle(stage);
        const step = Math.min(left, nextTimerInMs ?? left);
        // The API's clock first: what a timer sends may arrive before the driver's answer.
        nowMs += step;
        left -= step;
        await send({ do: "advance", ms: step });
      }
      await settle(stage);
    },
    async jump(ms) {
      nowMs += ms;
      await send({ do: "jump", ms });
    },
    async reload(options) {
      const { inFlight } = await settle(stage);
      const answered = api.requests.length - inFlight;
      const observation = (await send({ do: "observe" })) as Observation;
      await send({ do: "reload" });
      const { requests } = (await send({ do: "idle" })) as Idle;
      const sent = requests - otherOrigin.requests.length;
      await api.waitForRequests(sent, FAREWELL_LIMIT_MS).catch(() => {});
      past.add(observation, api.requests.slice(answered));
      await send({ ...creation(theCase, api.url, nowMs, options), again: true });
    },
    past,
    settle: () => settle(stage),
    collect: async (name) => (await send({ do: "collect", name })) as Collected,
    async scene(names) {
      const observation = (await send({ do: "observe" })) as Observation;
      const results: Record<string, Collected> = {};
      for (const name of names) results[name] = await stage.collect(name);
      const failed = created.error === undefined ? {} : { creationError: created.error };
      return { api, otherOrigin, observation: past.withReports(observation), results, ...failed };
    },
    close,
  };
  return stage;
}

function forPages({ isPage }: SubjectProcess) {
  return { cors: isPage, freshConnections: isPage };
}

/** Cases of client SDKs are written as those are called. */
export function formOf({ needs }: Case): CallForm {
  return needs?.includes("client") ? "client" : "server";
}

function creation(theCase: Case, url: string, nowMs: number, instead: WireObject = {}): Creation {
  const client: ClientSetup = theCase.client ?? {};
  const { baseUrlSuffix = "", clockFractionMs, privacy } = client;
  const options: WireObject = { apiKey: KEY, baseUrl: url + baseUrlSuffix, ...client.options, ...instead };
  return {
    do: "create",
    form: formOf(theCase),
    options,
    nowMs,
    ...(clockFractionMs !== undefined && { clockFractionMs }),
    ...(privacy && { privacy }),
  };
}

async function settle(stage: Stage): Promise<Idle> {
  const deadline = performance.now() + SETTLE_LIMIT_MS;
  for (;;) {
    const idle = (await stage.send({ do: "idle" })) as Idle;
    const { inFlight, held, unheard = 0 } = idle;
    const silent = stage.faults.silent();
    // The status of an answer that stalls is on its way, and has to have arrived.
    const mayHear = unheard > silent.filter(({ status }) => status === undefined).length;
    if (inFlight > 0 && !mayHear && inFlight === held + silent.length) return idle;
    if (inFlight === 0) {
      if (stage.process.isPage) stage.past.leaveOpen(stage.faults.silent());
      if (stage.api.inFlight() === stage.past.stillOpen()) {
        stage.faults.allOver();
        return idle;
      }
    }
    if (performance.now() > deadline) {
      throw new Error(
        `nothing settles: ${inFlight} in flight at the SDK, ${stage.api.inFlight()} at the API`,
      );
    }
    await setImmediate();
  }
}
