import { describe, expect, test } from "vitest";
import { checkNames, checkOptionNames } from "./development.ts";
import { OPTION_NAMES } from "./options.ts";
import { type Names, named, nearestName } from "./unknown-names.ts";

const PAGE_NAMES = { ...OPTION_NAMES, pageViews: true, anonymousEvents: true } as const;

describe("an option that there is none of", () => {
  const saidOf = (options: object, names: Names<object> = PAGE_NAMES) => {
    const said: string[] = [];
    checkOptionNames(options, names, "createWhisperr()", (message) => said.push(message));
    return said;
  };

  test.each([
    ["autocapturePageviews", "pageViews"],
    ["capturePageview", "pageViews"],
    ["trackPageViews", "pageViews"],
    ["writeKey", "apiKey"],
    ["token", "apiKey"],
    ["host", "baseUrl"],
    ["endpoint", "baseUrl"],
    ["batchSize", "maxBatchSize"],
    ["retries", "maxRetries"],
    ["timeout", "requestTimeoutMs"],
    ["enabled", "disabled"],
    ["optOut", "disabled"],
    ["logger", "onError"],
    ["apiHost", "baseUrl"],
    ["apikey", "apiKey"],
    ["flushInterval", "flushIntervalMs"],
    ["anonymous", "anonymousEvents"],
    ["baseURL", "baseUrl"],
    ["maxQueSize", "maxQueueSize"],
    ["anonymusEvents", "anonymousEvents"],
    ["dbg", "debug"],
  ])("%s is said, with the one that is meant", (name, meant) => {
    expect(saidOf({ [name]: 1 })).toEqual([
      `[whisperr] createWhisperr() has no option "${name}": write ${meant}.`,
    ]);
  });

  test("without a guess where nothing is like it, and text from outside is printed as text", () => {
    expect(saidOf({ colour: "red" })).toEqual(['[whisperr] createWhisperr() has no option "colour".']);
    for (const name of ["key", "keyapi", "wwwwdebug", "d"])
      expect(saidOf({ [name]: 1 })).toEqual([`[whisperr] createWhisperr() has no option "${name}".`]);
    expect(saidOf({ capturePageview: true }, OPTION_NAMES), "one that only pages have").toEqual([
      '[whisperr] createWhisperr() has no option "capturePageview".',
    ]);
    expect(saidOf({ "\u001b[31m": 1 })[0]).not.toContain("\u001b");
  });

  test("so is one of backoff", () => {
    expect(saidOf({ backoff: { maxMs: 1, factor: 2 } })).toEqual([
      '[whisperr] backoff has no option "factor": write baseMs or maxMs.',
    ]);
  });

  test("nothing is said where no options are given", () => {
    expect(saidOf(undefined as unknown as object)).toEqual([]);
  });

  test("nothing is said of the options there are, nor of what has no value", () => {
    expect(saidOf({ apiKey: "wrk_test", pageViews: false, onError() {}, colour: undefined })).toEqual([]);
  });
});

test("of a channel, what it is called as it travels, or elsewhere", () => {
  const known = ["type", "address", "optedIn"];
  expect(nearestName("channel", known)).toBe("type");
  expect(nearestName("value", known)).toBe("address");
});

test("a name without its unit is the one with it, if it says enough", () => {
  expect(nearestName("retryDelay", ["delaySeconds", "retryDelaySeconds"])).toBe("retryDelaySeconds");
  expect(nearestName("flush", ["flushIntervalMs"])).toBe("flushIntervalMs");
  expect(nearestName("flus", ["flushIntervalMs"])).toBeUndefined();
  expect(nearestName("Ms", ["flushIntervalMs"])).toBeUndefined();
});

describe("a name that there is none of", () => {
  const saidOf = (given: unknown, known: Names<object>) => {
    const said: string[] = [];
    checkNames(given, known, "flush()", (_name, message) => said.push(message));
    return said;
  };

  test("is said with all that there are, where these are few", () => {
    expect(saidOf({ wait: 1 }, { timeoutMs: true })).toEqual([
      'flush() has no option "wait": write timeoutMs.',
    ]);
  });

  test("is said without them, where these are many", () => {
    const four = { one: true, two: true, three: true, four: true } as const;
    expect(saidOf({ colour: 1 }, four)).toEqual([
      'flush() has no option "colour": write one or two or three or four.',
    ]);
    expect(saidOf({ colour: 1 }, { ...four, five: true })).toEqual(['flush() has no option "colour".']);
  });

  test("so is a number in the place of options", () => {
    expect(saidOf(2000, { timeoutMs: true })).toEqual(["flush() takes an object of options, not 2000."]);
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["an event, which whatever calls flush() may pass", new Event("pagehide")],
    ["the name of a signal", "SIGTERM"],
    [
      "what throws when it is looked at",
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error("no");
          },
        },
      ),
    ],
  ])("%s is no options", (_, given) => {
    expect(saidOf(given, { timeoutMs: true })).toEqual([]);
  });
});

test("of a framework's options those are taken that a client has", () => {
  const given = { apiKey: "wrk_test", appName: "shop", debug: undefined } as const;
  expect(named<object>(given, OPTION_NAMES)).toEqual({ apiKey: "wrk_test", debug: undefined });
});
