/** For an app's own tests: a client that sends nothing, an API in the test's process, and assertions about what they were told. */
export { assertIdentified, assertTracked, matchers, type WhisperrMatchers } from "./testing/assertions.ts";
export { type Ingestion, startIngestion } from "./testing/ingestion.ts";
export type { Identified, Recording, Tracked } from "./testing/recording.ts";
export { createTestWhisperr, type TestOptions, type TestWhisperr } from "./testing/test-whisperr.ts";
