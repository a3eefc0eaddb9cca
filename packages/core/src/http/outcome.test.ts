import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { http } from "../../test/scripted-transport.ts";
import { classifyAnswer, MAX_RETRY_AFTER_MS, noAnswer, type Outcome, retryAfterMs } from "./exchange.ts";

const NOW_MS = Date.UTC(1994, 10, 6, 8, 49, 0);
const classify = (status: number, body: unknown = "", retryAfter = "", count = 3) =>
  classifyAnswer(http(status, body, retryAfter), count, NOW_MS);

test("a 403 in the API's words is about the key, unless the key was taken before", () => {
  const forbidden = http(403, { error: { code: "revoked" } });
  expect(classifyAnswer(forbidden, 3, NOW_MS)).toEqual({ kind: "auth" });
  expect(classifyAnswer(forbidden, 3, NOW_MS, undefined, true)).toMatchObject({ kind: "retry" });
});

test("a page from elsewhere may be about what was sent, however long that was; no answer may not", () => {
  expect(classifyAnswer({ ...http(200), isPage: true }, 3, NOW_MS)).toEqual({
    kind: "retry",
    blames: "content",
  });
  expect(classifyAnswer(noAnswer("closed"), 3, NOW_MS)).toEqual({ kind: "retry" });
});

describe("a status belongs to one class", () => {
  test.each<[number, Outcome["kind"]]>([
    [0, "retry"],
    [100, "retry"],
    [103, "retry"],
    [200, "accepted"],
    [202, "accepted"],
    [204, "accepted"],
    [299, "accepted"],
    [300, "retry"],
    [301, "retry"],
    [304, "retry"],
    [308, "retry"],
    [400, "rejected"],
    [401, "auth"],
    [402, "rejected"],
    [403, "retry"],
    [404, "rejected"],
    [408, "retry"],
    [409, "rejected"],
    [413, "too_large"],
    [422, "rejected"],
    [425, "retry"],
    [429, "retry"],
    [499, "rejected"],
    [500, "retry"],
    [501, "retry"],
    [503, "retry"],
    [504, "retry"],
    [599, "retry"],
    [700, "retry"],
    [Number.NaN, "retry"],
  ])("%i is %s", (status, kind) => {
    expect(classify(status).kind).toBe(kind);
  });

  test.each<[number, Outcome["kind"]]>([
    [200, "retry"],
    [202, "retry"],
    [302, "retry"],
    [401, "auth"],
    [404, "rejected"],
    [502, "retry"],
  ])("%i with a page for people is %s", (status, kind) => {
    expect(classifyAnswer({ ...http(status), isPage: true }, 3, NOW_MS).kind).toBe(kind);
  });

  test("no answer at all is tried again", () => {
    expect(classifyAnswer(noAnswer("connection reset"), 1, NOW_MS, false)).toEqual({
      kind: "retry",
      blames: "content",
    });
  });
});

describe("a failure may be due to", () => {
  const blames = (answer: Parameters<typeof classifyAnswer>[0], isLarge = false, isKeyKnown = false) => {
    const outcome = classifyAnswer(answer, 3, NOW_MS, isLarge, isKeyKnown);
    return outcome.kind === "retry" ? outcome.blames : outcome.kind;
  };
  const forbidden = http(403, { error: { code: "revoked", message: "No" } });

  test("content: a 5xx, no answer, a page or a redirect of somebody else, and a 403 that is not about the key", () => {
    const statuses = [500, 502, 503, 408, 425, 302, 0];
    expect(statuses.map((status) => blames(http(status)))).toEqual(Array(7).fill("content"));
    expect(blames({ ...http(200), isPage: true })).toBe("content");
    expect(blames(noAnswer("connection reset"))).toBe("content");
    expect(blames(http(403, "<h1>Blocked</h1>"))).toBe("content");
    expect([blames(forbidden), blames(forbidden, false, true)]).toEqual(["auth", "content"]);
  });

  test("size, when a large body got no answer", () => {
    expect(blames(noAnswer("connection reset"), true)).toBe("size");
    expect(blames(http(500), true)).toBe("content");
  });

  test("neither, when the server is pressed, or it failed on this side", () => {
    expect([http(429), http(503, "", "7")].map((answer) => blames(answer))).toEqual([undefined, undefined]);
    expect(classifyAnswer(noAnswer("the request is over"), 3, NOW_MS)).toEqual({ kind: "retry" });
  });
});

describe("rejected in a 2xx", () => {
  test.each<[string, unknown, number]>([
    ["is taken at its word", { accepted: 1, rejected: 2 }, 2],
    ["is never more than was sent", { rejected: 99 }, 3],
    ["is never less than nothing", { rejected: -1 }, 0],
    ["is no statement when it is not a whole number", { rejected: 1.5 }, 0],
    ["is no statement as text", { rejected: "2" }, 0],
    ["may be absent", { accepted: 3 }, 0],
    ["may be missing with the whole body", "", 0],
    ["is not looked for in HTML", "<html>rejected: 2</html>", 0],
    ["is not looked for in null", "null", 0],
    ["is not looked for in an array", [2], 0],
    ["is not looked for in half an object", '{"rejected":2', 0],
  ])("%s", (_name, body, expected) => {
    expect(classify(202, body)).toEqual({ kind: "accepted", rejected: expected });
  });
});

describe("Retry-After", () => {
  test.each<[string, string, number | undefined]>([
    ["absent", "", undefined],
    ["seconds", "7", 7000],
    ["nothing to wait: the backoff decides, or the attempts would go out in one burst", "0", undefined],
    ["nothing to wait, at length", " 000 ", undefined],
    ["seconds with space around", " 7 ", 7000],
    ["an hour, capped", "3600", MAX_RETRY_AFTER_MS],
    ["more digits than a number holds, capped", "9".repeat(400), MAX_RETRY_AFTER_MS],
    ["an IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", 37_000],
    ["an RFC 850 date", "Sunday, 06-Nov-94 08:49:37 GMT", 37_000],
    ["an asctime date, which is UTC without saying so", "Sun Nov  6 08:49:37 1994", 37_000],
    ["a date that has passed: a clock ahead of the server's", "Sun, 06 Nov 1994 08:48:00 GMT", undefined],
    ["a date that is now", "Sun, 06 Nov 1994 08:49:00 GMT", undefined],
    ["a date one second ahead", "Sun, 06 Nov 1994 08:49:01 GMT", 1000],
    ["a date next year, capped", "Mon, 06 Nov 1995 08:49:37 GMT", MAX_RETRY_AFTER_MS],
    ["negative", "-7", undefined],
    ["a fraction", "1.5", undefined],
    ["exponential", "1e3", undefined],
    ["hexadecimal", "0x10", undefined],
    ["words", "soon", undefined],
    ["an ISO date, which the header does not allow", "1994-11-06T08:49:37Z", undefined],
    ["a date that does not exist", "Sun, 99 Nov 1994 08:49:37 GMT", undefined],
  ])("%s", (_name, header, expected) => {
    expect(retryAfterMs(header, NOW_MS)).toBe(expected);
  });

  test("whatever the header says, the wait is absent or 1 ms to 60 s", () => {
    const headers = fc.oneof(fc.string(), fc.stringMatching(/^\d{1,6}$/));
    fc.assert(
      fc.property(headers, (header) => {
        const ms = retryAfterMs(header, NOW_MS) ?? 1;
        expect(ms).toBeGreaterThanOrEqual(1);
        expect(ms).toBeLessThanOrEqual(60_000);
      }),
    );
  });

  test.each([429, 503])("counts on %i", (status) => {
    expect(classify(status, "", "7")).toEqual({ kind: "retry", afterMs: 7000 });
  });

  test.each([429, 503])("that asks for no wait on %i: the backoff decides", (status) => {
    expect(classify(status, "", "0")).toMatchObject({ kind: "retry" });
    expect(classify(status, "", "0")).not.toHaveProperty("afterMs", expect.any(Number));
  });

  test.each([429, 503])("not understood on %i: the backoff decides", (status) => {
    expect(classify(status, "", "soon")).toMatchObject({ kind: "retry" });
    expect(classify(status, "", "soon")).not.toHaveProperty("afterMs", expect.any(Number));
  });

  test.each([500, 502, 301])("means nothing on %i", (status) => {
    expect(classify(status, "", "7")).not.toHaveProperty("afterMs");
  });
});
