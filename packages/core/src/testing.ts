/** What the entries for an app's tests share, whatever the runtime. No client of an app holds any of it. */
export { assertIdentified, assertTracked, matchers, type WhisperrMatchers } from "./testing/assertions.ts";
export {
  acceptAll,
  checked,
  hear,
  type Notes,
  newNotes,
  newVisitor,
  onErrorOf,
  recordingOf,
} from "./testing/notes.ts";
export {
  type AsJson,
  type Identified,
  identifiedOf,
  type Recording,
  type Tracked,
  type TrackedOf,
  trackedOf,
} from "./testing/recording.ts";
export {
  type ServerOptions,
  serverOptions,
  type TestOptions,
  type TestServerClient,
  testServer,
} from "./testing/test-server.ts";
