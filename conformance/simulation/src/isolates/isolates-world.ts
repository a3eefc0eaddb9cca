/** A world of isolates: short requests that come and go, clients that live as long as those or longer, one API. */
import type { Firewall, Mood } from "../api.ts";
import { type BookedWorld, bookedWorld } from "../booked-world.ts";
import type { Tell } from "../world.ts";
import { type EdgeClient, type EdgeClientOptions, edgeClient } from "./edge-client.ts";
import { type IncomingRequest, incomingRequest, inRequest } from "./incoming-request.ts";

export interface IsolatesSettings {
  /** Of latencies, ids and moods. */
  readonly seed: number;
  readonly options: EdgeClientOptions;
  /** A client in the global scope, for all requests of its isolate; or one for each request. */
  readonly isShared: boolean;
  readonly latencyMs: readonly [number, number];
  /** Absent: nobody stands in front of the API. */
  readonly firewall?: Firewall | undefined;
}

/** A request with the client that it uses. */
export interface Visit {
  readonly request: IncomingRequest;
  readonly client: EdgeClient;
  /** Runs the app's code in it. */
  run(code: () => void): void;
}

export interface Isolate {
  /** Of all requests, or of the latest. */
  readonly client: EdgeClient | undefined;
  /** Requests that are not over. */
  readonly open: readonly Visit[];
  enter(): Visit;
  /** The platform needs its memory. */
  evict(): void;
}

export interface IsolatesWorld extends BookedWorld<EdgeClient> {
  readonly isolates: readonly Isolate[];
  readonly latencyMs: () => number;
  readonly hasFirewall: boolean;
  /** Broken on purpose: requests end with their response. */
  readonly ignoresWaitUntil: boolean;
}

/** What a moody API has. */
export const MOODS: readonly Mood[] = [
  "well",
  "well",
  "unavailable",
  "throttling",
  "refusesKey",
  "hangs",
  "resets",
  "losesAnswers",
];

const ISOLATES = 2;

export function isolatesWorld(
  settings: IsolatesSettings,
  tell?: Tell,
  ignoresWaitUntil = false,
): IsolatesWorld {
  const isolates: Isolate[] = [];
  const booked = bookedWorld<EdgeClient>(settings.seed, { moods: MOODS, firewall: settings.firewall }, tell);
  const world: IsolatesWorld = {
    ...booked,
    isolates,
    hasFirewall: settings.firewall !== undefined,
    ignoresWaitUntil,
    latencyMs: () => booked.random.between(...settings.latencyMs),
  };
  for (let i = 1; i <= ISOLATES; i++) isolates.push(createIsolate(world, `isolate ${i}`, settings));
  return world;
}

function createIsolate(world: IsolatesWorld, name: string, settings: IsolatesSettings): Isolate {
  let client: EdgeClient | undefined;
  let open: Visit[] = [];
  let requests = 0;

  /** Looks for the request at each use, as clients in the global scope have to. */
  const present = () => {
    const request = inRequest.getStore();
    if (request === undefined) throw new Error("outside of any request");
    return request;
  };
  const makeClient = (of: string) =>
    edgeClient(world, of, settings.options, {
      isShared: settings.isShared,
      waitUntil: (promise) => present().waitUntil(promise),
      fetch: (url, init) => present().fetch(url, init),
    });

  function enter(): Visit {
    const requestName = `${name}, request ${++requests},`;
    if (client === undefined || !settings.isShared)
      client = makeClient(settings.isShared ? `${name}, from request ${requests},` : requestName);
    const mine = client;
    const request = incomingRequest(world, requestName, mine.events, (isKilled) => {
      open = open.filter((visit) => visit.request !== request);
      if (!settings.isShared) mine.die(isKilled);
    });
    const visit = { request, client: mine, run: (code: () => void) => inRequest.run(request, code) };
    open.push(visit);
    return visit;
  }

  return {
    get client() {
      return client;
    },
    get open() {
      return open;
    },
    enter,
    evict() {
      for (const { request } of open) request.kill();
      client?.die(true);
      client = undefined;
    },
  };
}
