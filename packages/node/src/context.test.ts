/** The context of a customer's request is that request's: delivery is no part of it, and keeps nothing of it alive. */
import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { createWhisperr, type NodeOptions } from "./create-whisperr.ts";

const requests = new AsyncLocalStorage<string>();

/** Whose context each thing was done in: `fetch: boot`. */
function watched(options: NodeOptions = {}, status = 202) {
  const seen: string[] = [];
  const note = (what: string) => void seen.push(`${what}: ${requests.getStore()}`);
  const whisperr = requests.run("boot", () =>
    createWhisperr({
      apiKey: "wrk_test",
      onError: () => note("onError"),
      async fetch() {
        note("fetch");
        await pause(1);
        return new Response("{}", { status });
      },
      ...options,
    }),
  );
  return { whisperr, seen };
}

test("a batch that is full leaves in the context the client was made in", async () => {
  const { whisperr, seen } = watched({ flushAt: 1 });
  requests.run("request 1", () => whisperr.track("ada", "signed_up"));
  await whisperr.flush();
  expect(seen).toEqual(["fetch: boot"]);
});

test("so does what a timer sends, and what is tried again", async () => {
  const { whisperr, seen } = watched({ flushIntervalMs: 10, maxRetries: 1, backoff: { baseMs: 5 } }, 500);
  requests.run("request 1", () => whisperr.track("ada", "signed_up"));
  await expect.poll(() => seen.slice(0, 3)).toEqual(["fetch: boot", "fetch: boot", "onError: boot"]);
  await whisperr.shutdown({ timeoutMs: 0 });
});

test("so does what flush() and shutdown() of a request send, and what they report", async () => {
  const { whisperr, seen } = watched({ maxRetries: 0 }, 500);
  whisperr.track("ada", "signed_up");
  await requests.run("request 1", () => whisperr.flush());
  await requests.run("request 2", () => whisperr.shutdown());
  expect(seen).toEqual(["fetch: boot", "onError: boot", "fetch: boot", "onError: boot"]);
});

test("onError hears of a refused call there, too, and the app goes on in its own context", () => {
  const { whisperr, seen } = watched();
  requests.run("request 1", () => {
    whisperr.track("ada", "Not Valid" as string);
    expect(requests.getStore()).toBe("request 1");
  });
  expect(seen).toEqual(["onError: boot"]);
});

test("beforeSend is part of the call", () => {
  const seen: unknown[] = [];
  const { whisperr } = watched({
    beforeSend(event) {
      seen.push(requests.getStore());
      return event;
    },
  });
  requests.run("request 1", () => whisperr.track("ada", "signed_up"));
  expect(seen).toEqual(["request 1"]);
});
