/** For an app's own tests: a client that sends nothing, an API in the test's process, and assertions about what they were told. */
export {
  type AsJson,
  assertIdentified,
  assertTracked,
  type Identified,
  matchers,
  type Recording,
  type TestOptions,
  type Tracked,
  type TrackedOf,
  type WhisperrMatchers,
} from "@whisperr/core/testing";
export { type FaultSettings, type Ingestion, startIngestion } from "./testing/ingestion.ts";
export { createTestWhisperr, type TestWhisperr } from "./testing/test-whisperr.ts";
