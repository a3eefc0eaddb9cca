/** Calls from the end of the call stack, as the `catch` of an endless recursion makes them: from each of its last frames. */
import { expect, test } from "vitest";
import { createWhisperr, type NodeOptions, type Whisperr, type WhisperrError } from "../src/index.ts";
import { startIngestionApi } from "./ingestion-api.ts";

/** Of the frames before the end: in the last ones nothing can be done, in the first of them everything. */
const FRAMES = 2_000;

const INVALID: string = "Step Failed";

/** Calls `call` from each of them, the last one first. */
function callFromEnd(call: () => void): void {
  let left = FRAMES;
  function recurse(): void {
    try {
      recurse();
    } catch (error) {
      if (left-- > 0) call();
      throw error;
    }
  }
  expect(recurse).toThrow(RangeError);
}

const CALLS: readonly (readonly [name: string, call: (whisperr: Whisperr) => void])[] = [
  ["track()", (whisperr) => whisperr.track("user_1", "step_failed", { step: 1, at: new Date(0) }, { a: 1 })],
  ["track() of an event that is refused", (whisperr) => whisperr.track("user_1", INVALID)],
  ["identify()", (whisperr) => whisperr.identify("user_1", { email: "a@example.com", traits: { step: 1 } })],
  [
    "flush() after track()",
    (whisperr) => {
      whisperr.track("user_1", "step_failed");
      void whisperr.flush();
    },
  ],
];

const OPTIONS: readonly (readonly [name: string, options: NodeOptions])[] = [
  ["usual options", { maxQueueSize: 100 }],
  ["a flush that each call makes due", { flushAt: 1, maxQueueSize: 100 }],
  ["a full queue", { maxQueueSize: 5 }],
  ["a full queue, in bytes", { maxQueueBytes: 2_000 }],
  ["beforeSend", { beforeSend: (event) => event, maxQueueSize: 100 }],
];

const KINDS = CALLS.flatMap(([name, call]) =>
  OPTIONS.map(([given, options]) => ({ name, given, call, options })),
);

test.each(KINDS)("$name with $given leaves nothing stuck and the books right", async ({ call, options }) => {
  const api = await startIngestionApi();
  const errors: WhisperrError[] = [];
  const whisperr = createWhisperr({
    apiKey: "wrk_test_of_the_stack",
    baseUrl: api.url,
    onError: (error) => errors.push(error),
    backoff: { baseMs: 10 },
    ...options,
  });
  callFromEnd(() => {
    try {
      call(whisperr);
    } catch (error) {
      // There was no room for the call itself.
      expect(error).toBeInstanceOf(RangeError);
    }
  });
  whisperr.track("user_2", "went_on");
  const { pending } = await whisperr.flush();

  expect(pending).toBe(0);
  const { accepted, delivered, dropped } = whisperr.stats();
  expect(accepted).toBe(delivered + Object.values(dropped).reduce((sum, count) => sum + count, 0));
  expect(accepted).toBeGreaterThan(FRAMES / 2);
  expect(api.eventTypes().filter((type) => type === "went_on")).toEqual(["went_on"]);
  const ids = api.events().flatMap((event) => event.context?.$message_id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  await whisperr.shutdown();
});
