import { describe, expect, test } from "vitest";
import { fakePorts, settle } from "../../test/fake-ports.ts";
import type { WhisperrError } from "../errors.ts";
import { createReporter, MAX_TOLD, printDebug, report, warningsOf } from "./reporter.ts";

const KEY = "wrk_secret_key";
const dropped: WhisperrError = { type: "dropped", reason: "rejected", count: 1, message: "refused" };

function reporter(
  options: { readonly debug?: boolean; readonly onError?: (error: WhisperrError) => void } = {},
) {
  const { ports, log } = fakePorts();
  const record = createReporter({ apiKey: KEY, debug: false, ...options }, ports);
  return {
    log,
    report: (error: WhisperrError) => report(record, error),
    debug: (message: string) => printDebug(record, message),
  };
}

/** An exception that hurts whoever looks at it. */
const unreadable = {
  get message(): never {
    throw new Error("again");
  },
};

describe("the key", () => {
  const echoed = { ...dropped, message: `the key ${KEY} and again ${KEY}` };

  test("is taken out of what onError gets", () => {
    const errors: WhisperrError[] = [];
    reporter({ onError: (error) => errors.push(error) }).report(echoed);

    expect(errors).toEqual([{ ...dropped, message: "the key wrk_… and again wrk_…" }]);
  });

  test("is taken out of warnings and diagnostics", () => {
    const { report, debug, log } = reporter({ debug: true });
    report(echoed);
    debug(echoed.message);
    const quiet = reporter();
    quiet.report(echoed);

    expect(JSON.stringify([...log, ...quiet.log])).not.toContain(KEY);
    expect([...log, ...quiet.log]).toHaveLength(3);
  });
});

test.each([
  ["wrk_1234", "not wrk_…"],
  ["wrk_123", "not wrk_123"],
])("a key has 8 characters at least: %s", (apiKey, message) => {
  const { ports, log } = fakePorts();
  printDebug(createReporter({ apiKey, debug: true }, ports), `not ${apiKey}`);

  expect(log).toEqual([{ level: "debug", message: `[whisperr] ${message}` }]);
});

describe("text from outside", () => {
  test.each([
    ["an escape sequence", "a \x1b[2J b", "a \\u001b[2J b"],
    ["a sequence of one C1 character", "a \x9b2J b", "a \\u009b2J b"],
    ["line breaks of all kinds", "a\nb\rc\u0085d\u2028e\u2029f", "a\\u000ab\\u000dc\\u0085d\\u2028e\\u2029f"],
    ["marks that turn the direction", "\u202ea\u2066b\u200fc\u061cd", "\\u202ea\\u2066b\\u200fc\\u061cd"],
    ["half a character", "a\ud83d b", "a\\ud83d b"],
    ["words of any script", "Grüße, мир, 世界, 👩‍🔧, عالم", "Grüße, мир, 世界, 👩‍🔧, عالم"],
  ])("%s is told and printed as text", (_what, message, expected) => {
    const errors: WhisperrError[] = [];
    const { report, debug, log } = reporter({ debug: true, onError: (error) => errors.push(error) });
    report({ ...dropped, message });
    debug(message);
    const quiet = reporter();
    quiet.report({ ...dropped, message });
    expect(errors).toEqual([{ ...dropped, message: expected }]);
    expect([...log, ...quiet.log].map((line) => line.message)).toEqual([
      `[whisperr] dropped: ${expected}`,
      `[whisperr] ${expected}`,
      expect.stringContaining(`[whisperr] ${expected}`),
    ]);
  });

  test.each([
    ["of plain words", "word ".repeat(1000)],
    ["of what must be escaped", "\x1b".repeat(1000)],
    ["of large characters", `a${"😀".repeat(1000)}`],
    ["that hold the key at their end", `${"a".repeat(490)}${KEY}`],
  ])("messages %s have 500 characters at most, all of them whole", (_what, message) => {
    const errors: WhisperrError[] = [];
    const { report } = reporter({ onError: (error) => errors.push(error) });
    report({ ...dropped, message });
    const [told] = errors;
    expect(told?.message.length).toBeGreaterThan(490);
    expect(told?.message.length).toBeLessThanOrEqual(500);
    expect(told?.message).not.toMatch(/\p{Cs}/u);
    expect(told?.message).not.toContain(KEY.slice(0, 8));
  });
});

describe("onError", () => {
  test("gets each error, and nothing is printed", () => {
    const errors: WhisperrError[] = [];
    const { report, log } = reporter({ onError: (error) => errors.push(error) });

    report(dropped);
    report(dropped);

    expect(errors).toEqual([dropped, dropped]);
    expect(log).toEqual([]);
  });

  test("gets no count of what has none", () => {
    const errors: WhisperrError[] = [];
    reporter({ onError: (error) => errors.push(error) }).report({ type: "auth", message: "refused" });

    expect(errors).toEqual([{ type: "auth", message: "refused" }]);
    expect(errors[0]).not.toHaveProperty("count");
  });

  test("gets as many as come in one go, and one by one so many a minute", async () => {
    let told = 0;
    const { report } = reporter({ onError: () => void told++ });
    for (let n = 0; n < MAX_TOLD + 10; n++) report(dropped);
    expect(told).toBe(MAX_TOLD + 10);

    await settle();
    for (let n = 0; n < MAX_TOLD + 10; n++) report(dropped);
    expect(told).toBe(2 * MAX_TOLD + 10);
  });

  test.each([false, true])("may throw; debug: %s", async (debug) => {
    const { report, log } = reporter({
      debug,
      onError: () => {
        throw new Error("mine");
      },
    });

    report(dropped);
    await settle();

    expect(log.some((line) => line.message.includes("onError threw: mine"))).toBe(debug);
  });

  test.each([false, true])("may throw what cannot even be read; debug: %s", (debug) => {
    const { report } = reporter({
      debug,
      onError: () => {
        throw unreadable;
      },
    });

    expect(() => report(dropped)).not.toThrow();
  });

  test.each([false, true])("may be async and reject; debug: %s", async (debug) => {
    const { report, log } = reporter({
      debug,
      onError: (async () => Promise.reject(new Error("mine"))) as never,
    });

    report(dropped);
    await settle();

    expect(log.some((line) => line.message.includes("onError threw: mine"))).toBe(debug);
  });

  test("may return a thenable that throws", () => {
    const hostile = {
      // biome-ignore lint/suspicious/noThenProperty: a thenable that is no Promise
      then: () => {
        throw unreadable;
      },
    };
    const { report } = reporter({ onError: () => hostile as never });

    expect(() => report(dropped)).not.toThrow();
  });

  test("is not called for an error that it caused itself, so it cannot call itself for ever", () => {
    let calls = 0;
    const { report } = reporter({
      onError: () => {
        calls++;
        report(dropped);
      },
    });

    report(dropped);
    report(dropped);

    expect(calls).toBe(2);
  });

  test("is called again after it threw", () => {
    let calls = 0;
    const { report } = reporter({
      onError: () => {
        calls++;
        throw new Error("mine");
      },
    });

    report(dropped);
    report(dropped);

    expect(calls).toBe(2);
  });
});

describe("without onError", () => {
  test("which what is no function counts as", () => {
    const { report, log } = reporter({ onError: "log" as never });
    report(dropped);

    expect(log).toEqual([{ level: "warn", message: expect.stringContaining("[whisperr] refused") }]);
  });

  test("each kind of trouble is a warning once", () => {
    const { report, log } = reporter();

    report(dropped);
    report(dropped);
    report({ ...dropped, reason: "queue_full" });
    report({ type: "auth", message: "refused the key" });
    report({ type: "auth", message: "refused the key" });

    expect(log.map(({ level }) => level)).toEqual(["warn", "warn", "warn"]);
    expect(log[0]?.message).toBe(
      "[whisperr] refused Further errors of this kind are not printed; onError gets all of them.",
    );
  });

  test("debug prints everything instead", () => {
    const { report, log } = reporter({ debug: true });

    report(dropped);
    report(dropped);

    expect(log).toEqual([
      { level: "debug", message: "[whisperr] dropped: refused" },
      { level: "debug", message: "[whisperr] dropped: refused" },
    ]);
  });
});

describe("what is wrong with a call that is sent all the same", () => {
  function warnings() {
    const errors: WhisperrError[] = [];
    const { ports, log } = fakePorts();
    const record = createReporter(
      { apiKey: KEY, debug: false, onError: (error) => errors.push(error) },
      ports,
    );
    return { warn: warningsOf(record), errors, log };
  }

  test("is reported each time, where something is left out of it", () => {
    const { warn, errors, log } = warnings();
    for (const _ of [1, 2]) warn("", "it goes without this", "invalid_channels");
    const left = { type: "dropped", reason: "invalid_channels", count: 0, message: "it goes without this" };

    expect(errors).toEqual([left, left]);
    expect(log).toEqual([]);
  });

  test("is printed else, once of each, a hundred at most", () => {
    const { warn, errors, log } = warnings();
    for (let number = 0; number < 200; number++) warn(`event_${number >> 1}`, `line ${number}`);
    warn("event_100", "one too many");

    expect(errors).toEqual([]);
    expect(log).toHaveLength(100);
    expect(log[1]).toEqual({ level: "warn", message: "[whisperr] line 2" });
  });
});

test("diagnostics are printed with debug only", () => {
  const quiet = reporter();
  quiet.debug("a line");
  const loud = reporter({ debug: true });
  loud.debug("a line");

  expect(quiet.log).toEqual([]);
  expect(loud.log).toEqual([{ level: "debug", message: "[whisperr] a line" }]);
});

test("a broken console harms nothing", () => {
  const { ports } = fakePorts({
    log: () => {
      throw new Error("EPIPE");
    },
  });
  const record = createReporter({ apiKey: KEY, debug: true }, ports);

  expect(() => report(record, dropped)).not.toThrow();
  expect(() => printDebug(record, "a line")).not.toThrow();
});
