/** What a production build does with options that make no sense, and what it says. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { fakePorts } from "../test/fake-ports.ts";
import { http } from "../test/scripted-transport.ts";
import * as development from "./development.ts";
import { MAX_TIMER_MS, OPTION_NAMES } from "./options.ts";
import * as production from "./production.ts";
import * as sentences from "./report/sentences.ts";
import * as words from "./report/words.ts";

/** Everything that uses the one or the other, with the other. */
async function build() {
  const { misuse, resolve } = await import("../test/resolved-options.ts");
  const { createRecorder } = await import("./events/recorder.ts");
  const messages = await import("./report/messages.ts");
  const reporting = await import("./report/reporter.ts");
  return { misuse, resolve, createRecorder, ...messages, ...reporting };
}

let sdk: Awaited<ReturnType<typeof build>>;
beforeAll(async () => {
  vi.resetModules();
  vi.doMock("./development.ts", () => production);
  vi.doMock("./report/sentences.ts", () => words);
  sdk = await build();
});
afterAll(() => {
  vi.doUnmock("./development.ts");
  vi.doUnmock("./report/sentences.ts");
  vi.resetModules();
});

test("its files take the place of others: the same exports, of the same types", () => {
  const same: typeof development = production;
  const sameWords: typeof sentences = words;

  expect(Object.keys(same).sort()).toEqual(Object.keys(development).sort());
  expect(Object.keys(sameWords).sort()).toEqual(Object.keys(sentences).sort());
});

describe("an option that makes no sense counts as not given", () => {
  test.each([
    ["flushAt", 0],
    ["requestTimeoutMs", Number.NaN],
    ["maxQueueSize", "1000"],
    ["maxRetries", -1],
    ["maxBatchBytes", 1.5],
    ["flushIntervalMs", {}],
    ["requestTimeoutMs", Symbol("soon")],
    ["maxRetries", 10n ** 30n],
    ["backoff", "fast"],
    ["backoff", { baseMs: 0, maxMs: -1 }],
    ["debug", "true"],
    ["onError", "log"],
  ])("%s: %s", (name, value) => {
    expect(sdk.resolve({ [name]: value })).toEqual(sdk.resolve());
  });

  test("one that would let the key travel in the clear does not", () => {
    const baseUrl = "http://api.example.com";
    expect(sdk.misuse({ baseUrl, allowInsecureHttp: "false" })).toContain("baseUrl must be https:");
  });

  test("a context", () => {
    const { baseJson, base } = sdk.createRecorder({ context: [] }, () => {});
    expect({ baseJson, base }).toEqual({ baseJson: "{}", base: {} });
  });
});

test("what every client needs is asked for in a few words", () => {
  for (const apiKey of ["wrk_ a", "", undefined, null, 7])
    expect(sdk.misuse({ apiKey })).toContain("apiKey must be your key, from WHISPERR_API_KEY");
  expect(sdk.misuse({ baseUrl: "api.example.com" })).toContain("baseUrl must be a URL");
});

test.each([
  ["maxRetries", 1001],
  ["flushIntervalMs", MAX_TIMER_MS + 1],
  ["requestTimeoutMs", Number.POSITIVE_INFINITY],
])("what is too large is refused all the same: %s %d", (name, value) => {
  expect(sdk.misuse({ [name]: value })).toMatch(new RegExp(`${name} must be \\d+ or less`));
});

test("what a call cannot use is refused with its name, and the reason", () => {
  const refuse = () => production.mustFit(false, "invalid_channels", "address of phone", "text", 7);
  expect(refuse).toThrow(
    expect.objectContaining({
      reason: "invalid_channels",
      message: "address of phone (invalid_channels)",
    }),
  );
  expect(() => production.mustFit("a", "invalid_channels", "it", "text", "a")).not.toThrow();
});

test("an option that there is none of is said by its name", () => {
  const said: string[] = [];
  const options = { apiKey: "wrk_test", flushInterval: 5, colour: undefined };
  production.checkOptionNames(options, OPTION_NAMES, "createWhisperr()", (message) => said.push(message));
  expect(said).toEqual(["[whisperr] createWhisperr() has no option flushInterval"]);
});

test("what an answer leaves out is not told", () => {
  expect(production.unmentioned()).toBe("");
});

test("a message is the name of what happened, the answer, and what no name could say", () => {
  expect(sdk.messageOf("rejected", http(422))).toBe("rejected (422).");
  expect(sdk.messageOf("retry_exhausted", http(301), 7)).toBe("retry_exhausted: 7, check baseUrl (301).");
  expect(sdk.messageOf("abandoned", undefined, 1)).toBe("abandoned: 1.");
  expect(sdk.messageOf("rejected", { ...http(422), clockAheadMs: 90_000 })).toBe(
    "rejected: clock 90 s ahead (422).",
  );
  expect(sdk.messageOf("rejected", { ...http(422), clockAheadMs: -90_000 })).toBe(
    "rejected: clock 90 s behind (422).",
  );
});

test("without an onError it is printed once", () => {
  const { ports, log } = fakePorts();
  const reporter = sdk.createReporter({ apiKey: "wrk_secret_key", debug: false }, ports);
  for (const count of [1, 2])
    sdk.report(reporter, { type: "dropped", reason: "rejected", count, message: "rejected." });

  expect(log).toEqual([{ level: "warn", message: "[whisperr] rejected." }]);
});
