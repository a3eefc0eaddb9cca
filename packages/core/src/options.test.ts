import { describe, expect, test } from "vitest";
import { createMemoryOutbox } from "./memory-outbox.ts";
import { MAX_TIMER_MS, resolveOptions, type WhisperrOptions } from "./options.ts";

const KEY = "wrk_secret_key";
const resolve = (options: object = {}) =>
  resolveOptions({ apiKey: KEY, ...options } as WhisperrOptions, { maxQueueSize: 10_000 });

/** The message of a misuse; must never hold the key. */
function misuse(options: object): string {
  try {
    resolve(options);
  } catch (error) {
    const { message } = error as Error;
    expect(message).not.toContain(KEY);
    return message;
  }
  throw new Error(`${JSON.stringify(options)} was accepted`);
}

test("every option has the default of the contract", () => {
  expect(resolve()).toEqual({
    apiKey: KEY,
    baseUrl: "https://api.whisperr.net",
    flushAt: 20,
    flushIntervalMs: 10_000,
    maxQueueSize: 10_000,
    maxBatchSize: 500,
    maxBatchBytes: 524_288,
    maxRetries: 6,
    backoff: { baseMs: 1000, maxMs: 30_000 },
    requestTimeoutMs: 10_000,
    debug: false,
  });
});

describe.each([undefined, null])("%s is the same as not given", (nothing) => {
  const names = [
    ...Object.keys(resolve()).filter((name) => name !== "apiKey"),
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
      `Whisperr: backoff.maxMs must be a whole number from 2000 to ${MAX_TIMER_MS} (got 1000).`,
    );
  });
});

describe("nonsense numbers are refused, and the message names the option and its range", () => {
  const atLeastOne = ["flushAt", "maxQueueSize", "maxBatchSize", "maxBatchBytes"];
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
      new RegExp(`^Whisperr: ${name} must be a whole number from \\d+ to \\d+ \\(got ${value}\\)\\.$`),
    );
  });

  test.each<[unknown, string]>([
    ["20", "String"],
    [true, "Boolean"],
    [{}, "Object"],
    [20n, "BigInt"],
  ])("flushAt: %s is no number", (value, got) => {
    const range = `from 1 to ${Number.MAX_SAFE_INTEGER}`;
    expect(misuse({ flushAt: value })).toBe(
      `Whisperr: flushAt must be a whole number ${range} (got ${got}).`,
    );
  });

  test("a key in the wrong place is not printed", () => {
    for (const name of ["flushAt", "baseUrl", "onError", "requestTimeoutMs"]) misuse({ [name]: KEY });
  });

  test.each(["baseMs", "maxMs"])("backoff.%s", (name) => {
    expect(misuse({ backoff: { [name]: 0 } })).toContain(`backoff.${name} must be`);
  });
});

describe("options of another type are refused, and the message names the option and what it got", () => {
  test.each(["onError", "beforeSend", "fetch"])("%s must be a function", (name) => {
    expect(misuse({ [name]: "log" })).toBe(`Whisperr: ${name} must be of type function (got String).`);
    for (const value of [{}, 1, true, false, 0, ""]) {
      expect(misuse({ [name]: value })).toContain(`${name} must be of type function`);
    }
  });

  test.each(["disabled", "debug", "allowInsecureHttp"])("%s must be a boolean", (name) => {
    expect(misuse({ [name]: "false" })).toBe(`Whisperr: ${name} must be of type boolean (got String).`);
    expect(misuse({ [name]: 1 })).toBe(`Whisperr: ${name} must be of type boolean (got 1).`);
    for (const value of [{}, 0, ""])
      expect(misuse({ [name]: value })).toContain(`${name} must be of type boolean`);
  });

  test("backoff must be an object", () => {
    expect(misuse({ backoff: 1000 })).toBe("Whisperr: backoff must be of type object (got 1000).");
  });

  const outbox = createMemoryOutbox();
  test.each<[string, unknown]>([
    ["text", "memory"],
    ["an array", []],
    ["an object without methods", { size: 0 }],
    ["an outbox without a size", { ...outbox, size: undefined }],
    ["an outbox whose size is a method", { ...outbox, size: () => 0 }],
    ["an outbox whose size is no whole number", { ...outbox, size: Number.NaN }],
    ...["append", "at", "remove"].map((name): [string, unknown] => [
      `an outbox without ${name}()`,
      { ...outbox, [name]: undefined },
    ]),
  ])("an outbox is not %s", (_name, given) => {
    expect(misuse({ outbox: given })).toContain(
      "outbox must be an object with size, append, at and remove (got ",
    );
  });

  test("an outbox is whatever has the methods", () => {
    expect(() => resolve({ outbox: createMemoryOutbox() })).not.toThrow();
  });
});

describe("apiKey", () => {
  test.each([undefined, "", null, 7])("%s is missing, and the message says where to put it", (apiKey) => {
    expect(misuse({ apiKey })).toContain("WHISPERR_API_KEY");
  });

  test.each([`${KEY}\n`, ` ${KEY}`, `${KEY}é`, `${KEY}\r\nX-Other: 1`, "wrk_…"])(
    "%j would break its header, and is not printed",
    (apiKey) => {
      expect(misuse({ apiKey })).toContain("apiKey must be your key, WHISPERR_API_KEY, without spaces");
    },
  );
});

describe("baseUrl", () => {
  test.each([
    ["https://api.example.com", "https://api.example.com"],
    ["https://api.example.com/", "https://api.example.com"],
    ["https://api.example.com///", "https://api.example.com"],
    ["https://api.example.com/ingest/", "https://api.example.com/ingest"],
    ["https://api.example.com:8443", "https://api.example.com:8443"],
    ["HTTPS://API.example.com", "HTTPS://API.example.com"],
    ["https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"],
  ])("%s is taken", (baseUrl, expected) => {
    expect(resolve({ baseUrl }).baseUrl).toBe(expected);
  });

  test.each([
    "http://localhost",
    "http://localhost:3000",
    "http://LOCALHOST:3000/",
    "http://api.localhost:3000",
    "http://127.0.0.1:3000",
    "http://127.1.2.3",
    "http://[::1]:3000",
  ])("%s is this machine, so http: will do", (baseUrl) => {
    expect(resolve({ baseUrl }).baseUrl).toBe(baseUrl.replace(/\/$/, ""));
  });

  test.each([
    "http://api.example.com",
    "http://localhost.example.com",
    "http://127.0.0.1.example.com",
    "http://example.com/localhost",
    "http://10.0.0.1:3000",
    "http://[2001:db8::1]",
    "http://notlocalhost",
    "HTTP://api.example.com",
  ])("%s would send the key in the clear", (baseUrl) => {
    expect(misuse({ baseUrl })).toContain("unless allowInsecureHttp may expose the key");
    expect(resolve({ baseUrl, allowInsecureHttp: true }).baseUrl).toBe(baseUrl);
  });

  test.each<unknown>([
    "",
    "api.example.com",
    "//api.example.com",
    "ftp://api.example.com",
    "https://",
    "https:///path",
    "https://:443",
    "https://user:password@api.example.com",
    "http://localhost@evil.example.com",
    "http://localhost:80@evil.example.com",
    "http://evil.example.com\\@localhost",
    "https://api.example.com?x=1",
    "https://api.example.com#x",
    "https://api.example.com:99999",
    "https://api.example.com:port",
    "https://api example.com",
    "https://api.example.com\n",
    " https://api.example.com",
    7,
    new URL("https://api.example.com"),
  ])("%s is no base URL", (baseUrl) => {
    expect(misuse({ baseUrl })).toContain("baseUrl must be a URL like https://api.whisperr.net");
  });
});
