/**
 * The ingestion API as a Hono app: routing, recording and faults. It runs wherever Hono does; faults below HTTP
 * work where `connect` finds the connection.
 */
import { type Context, Hono } from "hono";
import { type Answer, preflightResponse, refusal, withCors, withDate } from "./answer.ts";
import { type Connect, noConnection } from "./connection.ts";
import { createStore } from "./create-store.ts";
import { BATCH_PATH, ENDPOINT_PATHS, IDENTIFY_PATH, TRACK_PATH } from "./endpoint-paths.ts";
import { acceptBatch, acceptIdentify, acceptTrack, type Endpoint } from "./endpoints.ts";
import type { Fault } from "./fault.ts";
import { createFaultScript } from "./fault-script.ts";
import { createIngest, type Twist } from "./ingest.ts";
import type { IngestionAppOptions, IngestionControls } from "./ingestion-api.ts";
import { pause } from "./pause.ts";
import { type Exchange, playFault, respond } from "./play-fault.ts";
import type { RecordedRequest } from "./recorded-request.ts";
import { createRecorder, DEFAULT_MAX_RECORDED_REQUESTS, type RequestHead } from "./recorder.ts";

/** How long a browser remembers a preflight. */
const PREFLIGHT_SECONDS = 600;

/** Decides about a request whose body was read. */
type Process = (request: RecordedRequest, twist?: Twist) => Answer;

export interface IngestionApp extends IngestionControls {
  /** Serve its `fetch`, or mount more routes beside it. */
  readonly app: Hono;
  /** Lets hanging and delayed requests go. */
  stop(): void;
}

export function createIngestionApp(
  options: IngestionAppOptions = {},
  connect: Connect = noConnection,
): IngestionApp {
  const { basePath = "", now = Date.now, clockAheadMs = 0, dateAheadMs = 0 } = options;
  const ownNow = () => now() + clockAheadMs;
  const store = createStore();
  const ingest = createIngest(options, store, ownNow);
  const script = createFaultScript(options.script ?? []);
  const maxRequests = options.maxRecordedRequests ?? DEFAULT_MAX_RECORDED_REQUESTS;
  const recorder = createRecorder(now, maxRequests, ENDPOINT_PATHS);
  const preflights = createRecorder(now, maxRequests, ENDPOINT_PATHS);
  const stopping = new AbortController();

  async function exchange(context: Context, process: Process, fault: Fault): Promise<Response> {
    const entry = recorder.begin(headOf(context, basePath));
    const parts: Exchange = {
      request: context.req.raw,
      entry,
      connection: connect(context.env),
      signal: AbortSignal.any([context.req.raw.signal, stopping.signal]),
      process: (twist) => process(entry.request, twist),
      decorate(answer) {
        const dated = withDate(answer, ownNow() + dateAheadMs);
        return options.cors ? withCors(dated) : dated;
      },
      now: ownNow,
    };
    try {
      return await playFault(fault, parts);
    } catch (error) {
      return respond(parts, refusal(500, "api_failed", `This API failed: ${error}`, entry.request.index));
    }
  }

  function at(endpoint: Endpoint) {
    const process: Process = (request, twist) => ingest(request, endpoint, twist);
    return (context: Context) => exchange(context, process, script.next());
  }

  async function answerPreflight(context: Context): Promise<Response> {
    const { preflightDelayMs } = options;
    const response = preflightResponse(preflightDelayMs === undefined ? PREFLIGHT_SECONDS : 0);
    const entry = preflights.begin(headOf(context));
    if (preflightDelayMs !== undefined) await pause(stopping.signal, preflightDelayMs);
    entry.end("preflight", response.status);
    return response;
  }

  const app = new Hono();
  if (options.cors) app.options(`${basePath}/v1/*`, answerPreflight);
  app.post(basePath + BATCH_PATH, at(acceptBatch));
  app.post(basePath + TRACK_PATH, at(acceptTrack));
  app.post(basePath + IDENTIFY_PATH, at(acceptIdentify));
  app.all(`${basePath}/v1/*`, (context) => exchange(context, unknownEndpoint, script.next()));
  app.notFound((context) => exchange(context, unknownEndpoint, { kind: "ok" }));

  return {
    app,
    store,
    requests: recorder.requests,
    preflights: preflights.requests,
    play: script.play,
    setDefault: script.setDefault,
    waitForRequests: recorder.arrived.waitFor,
    waitForAnswers: recorder.over.waitFor,
    inFlight: recorder.inFlight,
    answerCounts: recorder.answerCounts,
    stop: () => stopping.abort(),
  };
}

/** Nobody needs a key to learn that there is nothing here. */
const unknownEndpoint: Process = (request) => {
  const message = `There is no ${request.method} ${request.path}. Endpoints: POST ${ENDPOINT_PATHS.join(", ")}.`;
  return refusal(404, "not_found", message, request.index);
};

/** The path as it was sent: going through URL would normalise it. */
function headOf({ req }: Context, basePath = ""): RequestHead {
  const whole = req.url.slice(req.url.indexOf("/", req.url.indexOf("//") + 2));
  const path = whole.startsWith(`${basePath}/`) ? whole.slice(basePath.length) : whole;
  return { method: req.method, path, headers: Object.fromEntries(req.raw.headers) };
}
