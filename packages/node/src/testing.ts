/** For an app's own tests: a client that sends nothing and knows what it was told, and assertions about that. */
export { assertIdentified, assertTracked, matchers, type WhisperrMatchers } from "./testing/assertions.ts";
export {
  createTestWhisperr,
  type Identified,
  type TestOptions,
  type TestWhisperr,
  type Tracked,
} from "./testing/test-whisperr.ts";
