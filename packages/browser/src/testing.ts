/** For an app's own tests: a client that sends and stores nothing, and assertions about what it was told. */
export {
  type AsJson,
  assertIdentified,
  assertTracked,
  type Identified,
  matchers,
  type Recording,
  type Tracked,
  type TrackedOf,
  type WhisperrMatchers,
} from "@whisperr/core/testing";
export { createTestWhisperr, type TestOptions, type TestWhisperr } from "./testing/test-whisperr.ts";
