/**
 * The stage of one case: a fresh API, a fresh client in the subject, the clock both see, and the one question every
 * step ends with: has everything that can happen by itself happened? No step waits for time to pass.
 */
import { setImmediate } from "node:timers/promises";
import { type IngestionApi, startIngestionApi } from "../api/index.ts";
import type { Case, ClientSetup } from "../case.ts";
import type { Collected, Command, Created, Idle, Observation, WireObject } from "../protocol.ts";
import type { Scene } from "./expectations.ts";
import { createFaults, type Faults } from "./faults.ts";
import type { ClockKind, SubjectProcess } from "./subject-process.ts";

/** Recognisable wherever it turns up. */
export const KEY = "wrk_conformance_S3cretPart";
/** Every virtual clock starts here: the last millisecond of a second, at noon, so that rounding up would show. */
const START_MS = Date.parse("2026-06-14T12:00:00.999Z");
/** Far above what anything on loopback takes; reached only when something is stuck. */
const SETTLE_LIMIT_MS = 15_000;

export interface Stage {
  api: IngestionApi;
  faults: Faults;
  process: SubjectProcess;
  creationError: string | undefined;
  send(command: Command): Promise<unknown>;
  /** Moves the clock from timer to timer; what each of them starts is over before time goes on. */
  advance(ms: number): Promise<void>;
  /** Returns when no request is under way, except those that nothing but time or a release can end. */
  settle(): Promise<Idle>;
  collect(name: string): Promise<Collected>;
  scene(names: readonly string[]): Promise<Scene>;
  otherOrigin: IngestionApi;
  close(): Promise<void>;
}

export async function setStage(theCase: Case, process: SubjectProcess, clock: ClockKind): Promise<Stage> {
  let nowMs = clock === "virtual" ? START_MS : Date.now();
  const now = clock === "virtual" ? () => nowMs : Date.now;
  const { server = {}, client } = theCase;
  const api = await startIngestionApi({ ...server.options, keys: [KEY], now });
  const otherOrigin = await startIngestionApi({ keys: [KEY], now });
  const faults = createFaults(api, otherOrigin.url);
  faults.play(server.script ?? []);
  faults.setDefault(server.default ?? null);
  const { send } = process.session;
  const close = async () => void (await Promise.all([api.close(), otherOrigin.close()]));
  const created = await send(creation(client, api.url, nowMs)).then(
    (value) => value as Created,
    (error: unknown) => close().then(() => Promise.reject(error)),
  );

  const stage: Stage = {
    api,
    faults,
    otherOrigin,
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
    settle: () => settle(stage),
    collect: async (name) => (await send({ do: "collect", name })) as Collected,
    async scene(names) {
      const observation = (await send({ do: "observe" })) as Observation;
      const results: Record<string, Collected> = {};
      for (const name of names) results[name] = await stage.collect(name);
      const failed = created.error === undefined ? {} : { creationError: created.error };
      return { api, otherOrigin, observation, results, ...failed };
    },
    close,
  };
  return stage;
}

function creation(client: ClientSetup = {}, url: string, nowMs: number): Command {
  const { baseUrlSuffix = "", clockFractionMs } = client;
  const options: WireObject = { apiKey: KEY, baseUrl: url + baseUrlSuffix, ...client.options };
  return { do: "create", options, nowMs, ...(clockFractionMs === undefined ? {} : { clockFractionMs }) };
}

async function settle(stage: Stage): Promise<Idle> {
  const deadline = performance.now() + SETTLE_LIMIT_MS;
  for (;;) {
    const idle = (await stage.send({ do: "idle" })) as Idle;
    const { inFlight, held } = idle;
    if (inFlight > 0 && inFlight === held + stage.faults.unanswered()) return idle;
    if (inFlight === 0 && stage.api.inFlight() === 0) {
      stage.faults.allOver();
      return idle;
    }
    if (performance.now() > deadline) {
      throw new Error(
        `nothing settles: ${inFlight} in flight at the SDK, ${stage.api.inFlight()} at the API`,
      );
    }
    await setImmediate();
  }
}
