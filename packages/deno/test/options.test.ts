/** What is particular to options in Deno: the key in an environment that may be closed, and the end of the process. */
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { createWhisperr, type FetchLike } from "../src/index.ts";
import { fakeDeno, stubProcessEvents } from "./fake-deno.ts";

/** A busy machine takes its time. */
const PATIENT = { timeout: 60_000 };

let listeners: () => number;

beforeEach(() => {
  listeners = stubProcessEvents();
  return () => void vi.unstubAllGlobals();
});

function useDeno(environment: Record<string, string>, permission?: string): void {
  vi.stubGlobal("Deno", fakeDeno(environment, permission));
}

function recordFetch(): { keys: unknown[]; fetch: FetchLike } {
  const keys: unknown[] = [];
  return {
    keys,
    fetch: async (_url, { headers }) => {
      keys.push(headers["X-API-Key"]);
      return new Response("{}");
    },
  };
}

test("http: is refused where HTTP_PROXY would read the key", () => {
  useDeno({ HTTP_PROXY: "http://proxy:3128" });
  expect(() => createWhisperr({ apiKey: "wrk_test", baseUrl: "http://localhost:1" })).toThrow(
    /add localhost to NO_PROXY/,
  );
});

describe("apiKey", () => {
  test.each([
    ["comes from WHISPERR_API_KEY when it is not given", undefined, "wrk_from_environment"],
    ["that is given wins over the environment", "wrk_given", "wrk_given"],
  ])("%s", async (_title, apiKey, sent) => {
    useDeno({ WHISPERR_API_KEY: "wrk_from_environment" });
    const { keys, fetch } = recordFetch();
    const whisperr = createWhisperr({ apiKey, fetch });
    whisperr.track("ada", "signed_up");
    expect(await whisperr.shutdown()).toEqual({ delivered: 1, dropped: 0, pending: 0 });
    expect(keys).toEqual([sent]);
  });

  test.each(["prompt", "denied"])("is not asked for where the permission is %s", (permission) => {
    useDeno({ WHISPERR_API_KEY: "wrk_from_environment" }, permission);
    expect(() => createWhisperr()).toThrow(/apiKey must be given.*--allow-env=WHISPERR_API_KEY/);
  });

  test("that is nowhere throws and says what to do", () => {
    useDeno({});
    expect(() => createWhisperr()).toThrow(/apiKey is missing: .*WHISPERR_API_KEY/);
    expect(listeners()).toBe(0);
  });
});

test("a client that is refused leaves no listener behind, whichever option it was", () => {
  useDeno({});
  const create = () => createWhisperr({ apiKey: "wrk_test", context: "checkout" as never });
  expect(create).toThrow(/context/);
  expect(listeners()).toBe(0);
});

describe("exitTimeoutMs", () => {
  test.each([-1, 0.5, Number.NaN, 2 ** 31])("%j throws and is named", (exitTimeoutMs) => {
    useDeno({});
    const create = () => createWhisperr({ apiKey: "wrk_test", exitTimeoutMs });
    expect(create).toThrow(/exitTimeoutMs must be a whole number from 0 to 2,147,483,647/);
  });

  test("0 listens for nothing", () => {
    useDeno({});
    createWhisperr({ apiKey: "wrk_test", exitTimeoutMs: 0 });
    expect(listeners()).toBe(0);
  });
});

test("clients listen once for all, until the last of them is shut down", async () => {
  useDeno({});
  const clients = [1, 2, 3].map(() => createWhisperr({ apiKey: "wrk_test" }));
  expect(listeners()).toBe(2);
  for (const whisperr of clients) {
    await whisperr.shutdown();
    await whisperr.shutdown();
  }
  await vi.waitFor(() => expect(listeners()).toBe(0), PATIENT);
});

test("timers that are numbers, as in older versions of Deno, are unref'd by Deno's own call", async () => {
  const unrefTimer = vi.fn();
  vi.stubGlobal("Deno", { ...fakeDeno(), unrefTimer });
  const fake = vi.spyOn(globalThis, "setTimeout").mockReturnValue(7 as never);
  onTestFinished(() => fake.mockRestore());
  const whisperr = createWhisperr({ apiKey: "wrk_test" });
  whisperr.track("ada", "signed_up");
  expect(unrefTimer).toHaveBeenCalledWith(7);
});

test("disabled does nothing, and looks at nothing", async () => {
  vi.stubGlobal("Deno", undefined);
  const whisperr = createWhisperr({ disabled: true });
  whisperr.track("ada", "signed_up");
  expect(await whisperr.shutdown()).toEqual({ delivered: 0, dropped: 0, pending: 0 });
  expect(listeners()).toBe(0);
});

describe("a client that would send to production", () => {
  async function saidOf(deno: object, options: object = {}): Promise<unknown[]> {
    // A process that no other test has.
    vi.resetModules();
    const { createWhisperr } = await import("../src/index.ts");
    vi.stubGlobal("Deno", { ...fakeDeno({}, "prompt"), ...deno });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    for (const _ of [1, 2]) createWhisperr({ apiKey: "wrk_test", ...options });
    return warn.mock.calls.flat();
  }

  test("says so once in `deno test`, without a question to the user", async () => {
    const tests = { test: { name: "test" } };
    expect(await saidOf({})).toEqual([]);
    expect(await saidOf(tests, { baseUrl: "https://localhost:1" })).toEqual([]);
    expect(await saidOf(tests)).toEqual([
      expect.stringMatching(/^\[whisperr\] This is a test run, .*disabled: true/),
    ]);
  });
});
