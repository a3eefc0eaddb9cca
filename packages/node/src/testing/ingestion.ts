/** The ingestion API in the test's own process, for the way from an app to its events: what it takes, and faults on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  checkOptionNames,
  type EventMap,
  type IdentifyBody,
  type Names,
  type WireEvent,
} from "@whisperr/core";
import { identifiedOf, newNotes, type Recording, recordingOf, trackedOf } from "@whisperr/core/testing";
import type { RegisteredEvents } from "../register.ts";

/** The API of a test. */
export interface Ingestion<Events extends EventMap = RegisteredEvents> extends Recording<Events> {
  /** For `baseUrl`, on this machine. Any key will do. */
  readonly url: string;
  /** How many requests there were, failed ones too. */
  requests(): number;
  /** Answers the next requests with this status, and takes nothing of them. `times`: 1 or more; default: 1. */
  fail(status: number, settings?: FaultSettings): void;
  /** Takes what the next requests hold, and breaks the connection instead of answering. `times`: 1 or more; default: 1. */
  loseAnswer(settings?: Pick<FaultSettings, "times">): void;
  /** Ends it. The test's last call. */
  close(): Promise<void>;
}

/** Of requests that fail. */
export interface FaultSettings {
  /**
   * How many requests: 1 or more.
   * @default 1
   */
  readonly times?: number;
  /**
   * The answer's `Retry-After`, in seconds.
   * @default none
   */
  readonly retryAfterSeconds?: number;
}

const LOSE_NAMES: Names<Pick<FaultSettings, "times">> = { times: true };
const FAIL_NAMES: Names<FaultSettings> = { ...LOSE_NAMES, retryAfterSeconds: true };

/** What becomes of a request. */
type Fault = { readonly status: number; readonly retryAfterSeconds: number | undefined } | "lost";

/**
 * Starts the API on a free port of this machine. Like the real one it refuses what is no event, and takes an event that comes twice once.
 *
 * @example
 * const api = await startIngestion();
 * const whisperr = createWhisperr({ apiKey: "wrk_test", baseUrl: api.url, backoff: { baseMs: 1 } });
 * api.fail(503, { times: 2 });
 */
export async function startIngestion<Events extends EventMap = RegisteredEvents>(): Promise<
  Ingestion<Events>
> {
  const faults: Fault[] = [];
  const seen = new Set<unknown>();
  const notes = newNotes();
  let requests = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Pages ask first whether they may.
    for (const [name, value] of Object.entries(ANY_PAGE)) response.setHeader(name, value);
    if (request.method === "OPTIONS") return void response.writeHead(204).end();
    const body = await read(request);
    requests += 1;
    const fault = faults.shift();
    if (fault && fault !== "lost") {
      const { status, retryAfterSeconds } = fault;
      if (retryAfterSeconds !== undefined) response.setHeader("retry-after", retryAfterSeconds);
      return reply(response, status, { error: { code: "scripted", message: "as the test wants it" } });
    }
    if (!request.headers["x-api-key"]) return reply(response, 401, refused("no X-API-Key"));
    const accepted = take(`${request.method} ${request.url}`, body);
    if (fault) response.destroy();
    else if (typeof accepted === "string") reply(response, 400, refused(accepted));
    else reply(response, 202, accepted);
  }

  /** What to answer; text says what is wrong. */
  function take(endpoint: string, body: unknown): object | string {
    if (endpoint === "POST /v1/identify") {
      const identify = body as Partial<IdentifyBody> | undefined;
      if (typeof identify?.external_user_id !== "string") return "no external_user_id";
      notes.said.push(identifiedOf(identify as IdentifyBody));
      return { processing: "queued" };
    }
    if (endpoint !== "POST /v1/events/batch") return `${endpoint} is no endpoint`;
    const { events } = Object(body) as { events?: unknown };
    if (!Array.isArray(events) || events.length === 0 || events.length > MAX_BATCH)
      return "no batch of 1 to 500 events";
    const valid = events.filter(isEvent);
    for (const event of valid) {
      const { $message_id } = event.context;
      if (!seen.has($message_id)) notes.said.push(trackedOf(event));
      seen.add($message_id);
    }
    return { accepted: valid.length, rejected: events.length - valid.length };
  }

  const server = createServer(
    (request, response) => void answer(request, response).catch(() => response.destroy()),
  );
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const script = (fault: Fault, times = 1) => faults.push(...Array<Fault>(times).fill(fault));
  const recording = recordingOf<Events>(notes);
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    fail(status, settings = {}) {
      checkOptionNames(settings, FAIL_NAMES, "fail()", console.warn);
      const { times, retryAfterSeconds } = settings;
      script({ status, retryAfterSeconds }, times);
    },
    loseAnswer(settings = {}) {
      checkOptionNames(settings, LOSE_NAMES, "loseAnswer()", console.warn);
      script("lost", settings.times);
    },
    ...recording,
    clear() {
      recording.clear();
      faults.length = 0;
      requests = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Node 18.2 and later; those that wait for another request would hold it up.
        server.closeAllConnections();
      }),
  };
}

const MAX_BATCH = 500;

/** Any page may send, as to the real one. */
const ANY_PAGE = {
  "access-control-allow-origin": "*",
  "access-control-allow-headers": "content-type, x-api-key",
  "access-control-expose-headers": "retry-after",
};

/** What the contract asks of an event. */
function isEvent(event: unknown): event is WireEvent {
  const { external_user_id, anonymous_id, event_type, occurred_at, properties, context } = Object(
    event,
  ) as Partial<WireEvent>;
  return (
    typeof (external_user_id ?? anonymous_id) === "string" &&
    typeof event_type === "string" &&
    /^[a-z0-9]+(?:_[a-z0-9]+)*$/.test(event_type) &&
    !Number.isNaN(Date.parse(`${occurred_at}`)) &&
    typeof properties === "object" &&
    typeof context?.$message_id === "string"
  );
}

/** undefined: no JSON. */
async function read(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text += part;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const refused = (message: string) => ({ error: { code: "invalid_request", message } });

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
