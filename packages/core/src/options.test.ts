import { describe, expect, test } from "vitest";
import { KEY, misuse, resolve } from "../test/resolved-options.ts";
import { MAX_TIMER_MS } from "./options.ts";

const DEFAULTS = {
  baseUrl: "https://api.whisperr.net",
  flushAt: 20,
  flushIntervalMs: 10_000,
  maxQueueSize: 10_000,
  maxQueueBytes: 67_108_864,
  maxBatchSize: 500,
  maxBatchBytes: 524_288,
  maxRetries: 6,
  backoff: { baseMs: 1000, maxMs: 30_000 },
  requestTimeoutMs: 10_000,
  debug: false,
};

test("every option has the default of the contract", () => {
  expect(resolve()).toEqual({ apiKey: KEY, ...DEFAULTS });
});

describe.each([undefined, null])("%s is the same as not given", (nothing) => {
  const names = [
    ...Object.keys(DEFAULTS),
    ...["disabled", "allowInsecureHttp", "onError", "beforeSend", "context", "outbox", "fetch"],
  ];

  test.each(names)("%s", (name) => {
    expect(resolve({ [name]: nothing })).toEqual(resolve());
  });

  test.each(["baseMs", "maxMs"])("backoff.%s", (name) => {
    expect(resolve({ backoff: { [name]: nothing } })).toEqual(resolve());
  });
});

test("what is given is taken", () => {
  const given = {
    baseUrl: "https://whisperr.example.com/ingest",
    flushAt: 1,
    flushIntervalMs: 0,
    maxQueueSize: 5,
    maxQueueBytes: 7,
    maxBatchSize: 2,
    maxBatchBytes: 1,
    maxRetries: 0,
    backoff: { baseMs: 1, maxMs: 2 },
    requestTimeoutMs: 1,
    debug: true,
  };

  expect(resolve(given)).toEqual({ apiKey: KEY, ...given });
});

describe("limits that follow from each other", () => {
  test("more than 500 events a request are clamped", () => {
    expect(resolve({ maxBatchSize: 501 }).maxBatchSize).toBe(500);
  });

  test("flushAt is at most what the queue can hold, or it would never be reached", () => {
    expect(resolve({ maxQueueSize: 5 }).flushAt).toBe(5);
  });

  test("a large backoff.baseMs alone raises backoff.maxMs", () => {
    expect(resolve({ backoff: { baseMs: 60_000 } }).backoff).toEqual({ baseMs: 60_000, maxMs: 60_000 });
  });

  test("a given backoff.maxMs below baseMs is a mistake", () => {
    expect(misuse({ backoff: { baseMs: 2000, maxMs: 1000 } })).toBe(
      "Whisperr: backoff.maxMs must be a whole number from 2000 to 2,147,483,647 (got 1000).",
    );
  });
});

describe("nonsense numbers are refused, and the message names the option and its range", () => {
  const atLeastOne = ["flushAt", "maxQueueSize", "maxQueueBytes", "maxBatchSize", "maxBatchBytes"];
  const cases = [
    ...atLeastOne.flatMap((name) =>
      [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY].map((value) => [name, value]),
    ),
    ...["maxRetries", "flushIntervalMs"].flatMap((name) =>
      [-1, 0.5, Number.NaN].map((value) => [name, value]),
    ),
    ["maxRetries", 1001],
    ["flushIntervalMs", MAX_TIMER_MS + 1],
    ["requestTimeoutMs", 0],
    ["requestTimeoutMs", MAX_TIMER_MS + 1],
  ] as [string, number][];

  test.each(cases)("%s: %d", (name, value) => {
    const message = misuse({ [name]: value });
    expect(message).toMatch(
      new RegExp(
        `^Whisperr: ${name} must be a whole number (from \\d+ to [\\d,]+|\\d+ or more) \\(got ${value}\\)\\.$`,
      ),
    );
  });

  test.each<[unknown, string]>([
    ["20", "text"],
    [true, "true"],
    [{}, "an object"],
    [20n, "20"],
  ])("flushAt: %s is no number", (value, got) => {
    expect(misuse({ flushAt: value })).toBe(
      `Whisperr: flushAt must be a whole number 1 or more (got ${got}).`,
    );
  });

  test("a key in the wrong place is not printed", () => {
    for (const name of ["flushAt", "baseUrl", "onError", "requestTimeoutMs"]) misuse({ [name]: KEY });
  });

  test.each(["baseMs", "maxMs"])("backoff.%s", (name) => {
    expect(misuse({ backoff: { [name]: 0 } })).toContain(`backoff.${name} must be`);
  });
});

test("the largest numbers that are allowed are taken", () => {
  const largest = { maxRetries: 1000, flushIntervalMs: MAX_TIMER_MS, requestTimeoutMs: MAX_TIMER_MS };

  expect(resolve(largest)).toMatchObject(largest);
});

describe("options of another type are refused, and the message names the option and what it got", () => {
  test.each(["onError", "beforeSend", "fetch"])("%s must be a function", (name) => {
    expect(misuse({ [name]: "log" })).toBe(`Whisperr: ${name} must be a function (got text).`);
    for (const value of [{}, 1, true, false, 0, ""]) {
      expect(misuse({ [name]: value })).toContain(`${name} must be a function`);
    }
  });

  test.each(["disabled", "debug", "allowInsecureHttp"])("%s must be a boolean", (name) => {
    expect(misuse({ [name]: "false" })).toBe(`Whisperr: ${name} must be true or false (got text).`);
    expect(misuse({ [name]: 1 })).toBe(`Whisperr: ${name} must be true or false (got 1).`);
    for (const value of [{}, 0, ""])
      expect(misuse({ [name]: value })).toContain(`${name} must be true or false`);
  });

  test("backoff must be an object", () => {
    expect(misuse({ backoff: 1000 })).toBe("Whisperr: backoff must be an object (got 1000).");
  });
});
