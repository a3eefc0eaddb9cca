/** What the client of one request and that of all have in common. */
import {
  type Client,
  checkOptionNames,
  checkSchemaOptions,
  checkTestRun,
  createServerClient,
  type EventMap,
  type Ports,
  refuseLaterAnswers,
  type ServerRuntime,
  type WhisperrOptions,
  webPorts,
} from "@whisperr/core";
import { handOverFetch, isPlatformOutbox } from "../hand-over/fetch.ts";
import {
  ALL_OPTION_NAMES,
  type EdgeConfig,
  resolveEdgeOptions,
  type WhisperrEdgeOptions,
} from "../options.ts";
import { environment } from "../platform/environment.ts";
import { library } from "./library.ts";
import type { Said } from "./without-key.ts";

/** Core's record, with this package's options for its configuration. */
export interface EdgeClient extends Client {
  readonly config: EdgeConfig;
}

/** `intervalMs`: `flushIntervalMs`, unless the app gave one. `more`: of the client's record. `onStep`: called after each step. `said`: of all requests of a middleware. */
export function createEdgeClient<Events extends EventMap, More extends object>(
  options: WhisperrEdgeOptions,
  intervalMs: number,
  more: More,
  onStep: (client: EdgeClient & More) => void,
  said: Said = new Set(),
): ServerRuntime<Events, EdgeClient & More> {
  const config = resolveEdgeOptions(options, intervalMs);
  if (!said.has(CHECKED)) checkOnce(options, config);
  said.add(CHECKED);
  const { outbox } = options;
  const isPlatform = isPlatformOutbox(outbox);
  const ports: { -readonly [name in keyof Ports]: Ports[name] } = {
    ...webPorts(options.fetch),
    library: library(),
    onStep: onStep as (client: Client) => void,
  };
  const own = { ...options, outbox: isPlatform ? undefined : outbox };
  const runtime = createServerClient<Events, More>(own, config, ports, more);
  if (isPlatform) ports.fetch = handOverFetch(outbox, runtime.client);
  return runtime as ServerRuntime<Events, EdgeClient & More>;
}

const IN_TESTS =
  "createTestWhisperr() of @whisperr/edge/testing, disabled: true, or the baseUrl of a server of yours";
/** To one client of the isolate. */
const told = new Set<string>();

/** What no text says. */
const CHECKED = "";

/** Of the first client of a middleware: those of later requests are made of the same options. */
function checkOnce(options: WhisperrEdgeOptions, config: EdgeConfig): void {
  checkSchemaOptions(options as WhisperrOptions);
  refuseLaterAnswers(options as WhisperrOptions);
  const say = (message: string) => console.warn(message);
  checkOptionNames(options, ALL_OPTION_NAMES, "createWhisperr()", say);
  // What is handed over to a platform is sent by a client of its own.
  if (isPlatformOutbox(options.outbox)) return;
  checkTestRun(config, options as WhisperrOptions, environment, IN_TESTS, told, say);
}
