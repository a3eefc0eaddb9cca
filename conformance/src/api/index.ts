/** The mock ingestion API: as strict as the contract, able to fail on cue, and remembering everything it saw. */
export { createIngestionApp, type IngestionApp } from "./app.ts";
export type { Connect, Connection } from "./connection.ts";
export { BATCH_PATH, ENDPOINT_PATHS, IDENTIFY_PATH, TRACK_PATH } from "./endpoint-paths.ts";
export { type Fault, faultSchema, faultScriptSchema, type RetryAfter } from "./fault.ts";
export type {
  AnswerCounts,
  IngestionApi,
  IngestionApiOptions,
  IngestionAppOptions,
  IngestionControls,
  PoisonMode,
} from "./ingestion-api.ts";
export { isJsonObject, type JsonObject, type JsonValue } from "./json-value.ts";
export { type Sender, whyTurnedAway } from "./loopback.ts";
export { connectNode } from "./node-connection.ts";
export type { Outcome, RecordedRequest } from "./recorded-request.ts";
export { type ServedApp, serveApp, type TurnAway } from "./serve-app.ts";
export { startIngestionApi } from "./start-ingestion-api.ts";
export type { RejectedEvent, Store, StoredChannel, StoredEvent, StoredUser, TypeCounter } from "./store.ts";
