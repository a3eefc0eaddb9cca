/**
 * A fleet through an outage: every client is core's delivery machine and its backoff, with nothing around it, so
 * that a hundred thousand fit into memory. What counts is when their requests reach the server.
 */
import {
  answered,
  appended,
  batchCut,
  type DeliveryConfig,
  type Effects,
  initialState,
  type Machine,
  type Outcome,
  timerFired,
} from "@whisperr/core";
import { seededRandom } from "../seeded-random.ts";

export interface FleetSettings {
  readonly seed: number;
  readonly clients: number;
  readonly config: DeliveryConfig;
  /** False: the jitter's draw is always the same. */
  readonly hasJitter: boolean;
  /** When clients record events: each at times of its own, or all on the full minute, as scheduled jobs do. */
  readonly rhythm: "spread" | "onTheMinute";
  /** Between events of one client, in ms, on average. */
  readonly eventEveryMs: number;
  /** When the server stops answering, how long, and how long is looked at after it. */
  readonly outageAtMs: number;
  readonly outageMs: number;
  readonly afterMs: number;
}

/** What reached the server. */
export interface FleetCurve {
  /** Requests in each second, from the beginning. */
  readonly arrivals: readonly number[];
  /** After the outage: until 99 of 100 clients had delivered what they had at its end. */
  readonly caughtUpMs: number;
  /** Operations that still wait at the end. */
  readonly pending: number;
  /** Transitions of all machines. */
  readonly steps: number;
}

/** A machine with nothing around it. */
interface FleetClient extends Machine {
  readonly number: number;
}

/** What is due: a client's event, the end of its wait, or an answer. */
type Due = 0 | 1 | 2;
const TRACK = 0;
const TIMER = 1;
const ANSWER = 2;

const LATENCY_MS = 25;
const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const FAILED: Outcome = { kind: "retry" };
const ACCEPTED: Outcome = { kind: "accepted", rejected: 0 };
const MOST_CAUGHT_UP = 0.99;

export function simulateFleet(settings: FleetSettings): FleetCurve {
  const { clients, config, hasJitter, outageAtMs, outageMs, afterMs } = settings;
  const random = seededRandom(settings.seed);
  const healsAtMs = outageAtMs + outageMs;
  const endMs = healsAtMs + afterMs;
  const timerAtMs = new Int32Array(clients);
  const succeeds = new Uint8Array(clients);
  const behind = new Uint8Array(clients).fill(1);
  const arrivals = new Array<number>(Math.ceil((endMs + SECOND_MS) / SECOND_MS)).fill(0);
  const calendar = new Array<number[] | undefined>(endMs);
  let caughtUp = 0;
  let caughtUpMs = Number.POSITIVE_INFINITY;
  let steps = 0;

  function plan(atMs: number, client: number, due: Due): void {
    if (atMs >= endMs) return;
    const day = calendar[atMs];
    if (day === undefined) calendar[atMs] = [client * 3 + due];
    else day.push(client * 3 + due);
  }

  function planTrack(client: number, nowMs: number): void {
    const atMs =
      settings.rhythm === "spread"
        ? nowMs + Math.ceil(-Math.log(1 - random.next()) * settings.eventEveryMs)
        : Math.floor(nowMs / MINUTE_MS + 1) * MINUTE_MS;
    plan(atMs, client, TRACK);
  }

  let nowMs = 0;
  const nothing = () => {};
  const effects: Effects = {
    send: (machine) => send(machine as FleetClient),
    wake({ number }: FleetClient, afterMs) {
      timerAtMs[number] = afterMs === 0 ? 0 : nowMs + afterMs;
      if (afterMs > 0) plan(nowMs + afterMs, number, TIMER);
    },
    abort: nothing,
    remove: nothing,
    drop: nothing,
    report: nothing,
    flushed: nothing,
  };
  const fleet = Array.from(
    { length: clients },
    (_, number): FleetClient => ({ ...initialState(config), number, config, effects }),
  );

  function send(client: FleetClient): void {
    const { number, limit, pending } = client;
    steps++;
    batchCut(client, Math.min(limit, pending));
    const arrivesMs = nowMs + LATENCY_MS;
    const second = Math.floor(arrivesMs / SECOND_MS);
    arrivals[second] = (arrivals[second] ?? 0) + 1;
    succeeds[number] = arrivesMs < outageAtMs || arrivesMs >= healsAtMs ? 1 : 0;
    plan(arrivesMs + LATENCY_MS, number, ANSWER);
  }

  function answer(client: FleetClient): void {
    const { number } = client;
    const isTaken = succeeds[number] === 1;
    if (isTaken && nowMs >= healsAtMs && behind[number] === 1) {
      behind[number] = 0;
      if (++caughtUp >= clients * MOST_CAUGHT_UP) caughtUpMs = Math.min(caughtUpMs, nowMs - healsAtMs);
    }
    // The most the jitter can add, without it.
    const draw = hasJitter ? random.next() : 1;
    steps++;
    answered(client, isTaken ? ACCEPTED : FAILED, draw);
  }

  for (let client = 0; client < clients; client++) planTrack(client, 0);
  for (; nowMs < endMs; nowMs++) {
    const day = calendar[nowMs];
    if (day === undefined) continue;
    calendar[nowMs] = undefined;
    for (let i = 0; i < day.length; i++) {
      const client = fleet[Math.floor((day[i] as number) / 3)] as FleetClient;
      const due = ((day[i] as number) % 3) as Due;
      if (due === TRACK) {
        planTrack(client.number, nowMs);
        steps++;
        appended(client, 1);
      } else if (due === ANSWER) answer(client);
      else if (timerAtMs[client.number] === nowMs) {
        steps++;
        timerFired(client);
      }
    }
  }
  const pending = fleet.reduce((sum, client) => sum + client.pending, 0);
  return { arrivals, caughtUpMs, pending, steps };
}
