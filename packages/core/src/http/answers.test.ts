/** What is read of an answer, and what of it may be missing. */
import { describe, expect, test } from "vitest";
import { answerTo, bodyOf, never, response } from "../../test/transport-fixture.ts";
import { noAnswer } from "./exchange.ts";

describe("an answer", () => {
  test("is status, text and Retry-After", async () => {
    const headers = new Headers({ "Retry-After": "7" });

    expect(
      await answerTo(async () => response({ status: 429, headers, text: async () => "slow down" })),
    ).toEqual({
      status: 429,
      body: "slow down",
      retryAfter: "7",
    });
  });

  test("is read from the stream when there is one, in whatever parts it comes", async () => {
    const body = bodyOf(['{"rej', 'ected":1}'], async () => ({ done: true }));

    expect(await answerTo(async () => response({ body, text: never }))).toMatchObject({
      body: '{"rejected":1}',
    });
  });

  test("keeps its verdict when the body breaks off", async () => {
    const body = bodyOf(['{"acc'], () => Promise.reject(new Error("reset")));

    expect(await answerTo(async () => response({ body }))).toEqual({
      status: 202,
    });
    expect(await answerTo(async () => response({ text: () => Promise.reject(new Error("reset")) }))).toEqual({
      status: 202,
    });
  });

  const KIB = 1024;

  test("is read up to 256 KiB, far beyond any count or error, and the rest is let go of", async () => {
    const parts = Array.from({ length: 10 }, (_, index) => String(index).repeat(64 * KIB));
    const body = bodyOf(parts, never);

    // What crosses the bound is the last that is read.
    expect(await answerTo(async () => response({ body }))).toMatchObject({
      body: parts.slice(0, 5).join(""),
    });
    expect(body.cancelled).toBe(true);
  });

  test("of exactly 256 KiB is read to its end", async () => {
    const parts = Array.from({ length: 4 }, (_, index) => String(index).repeat(64 * KIB));
    const body = bodyOf(parts, async () => ({ done: true }));

    expect(await answerTo(async () => response({ body }))).toMatchObject({ body: parts.join("") });
    expect(body.cancelled).toBe(false);
  });

  test.each([
    ["refuses to be cancelled", () => Promise.reject(new Error("locked"))],
    ["never finishes cancelling", never],
  ])("is kept as far as it was read from a stream that %s", async (_name, cancel) => {
    const long = "x".repeat(257 * KIB);
    const reader = { ...bodyOf([long], never).getReader(), cancel };

    expect(await answerTo(async () => response({ body: { getReader: () => reader } }))).toMatchObject({
      body: long,
    });
  });
});

test.each([
  ["text/html", true],
  [" Text/HTML; charset=utf-8", true],
  ["application/json", undefined],
  ["application/xhtml+xml", undefined],
  ["text/plain; was=text/html", undefined],
])("an answer of type %s is a page for people: %s", async (type, isPage) => {
  const headers = new Headers({ "Content-Type": type });

  expect(await answerTo(async () => response({ headers }))).toEqual({ status: 202, body: "{}", isPage });
});

test.each([undefined, null, Number.NaN, "ok", {}])(
  "an answer with the status %s has none",
  async (status) => {
    const given = response({ status: status as never });

    expect(await answerTo(async () => given)).toEqual(noAnswer("an answer without a status"));
  },
);

describe("an answer of a fetch that is not the platform's", () => {
  test.each<[string, unknown]>([
    ["missing", undefined],
    ["null", null],
    ["a plain object", { "retry-after": "7" }],
    ["a get() that gives no text", { get: () => 7 }],
    ["a get() that gives nothing", { get: () => undefined }],
  ])("counts by its status when its headers are %s", async (_name, headers) => {
    expect(await answerTo(async () => response({ status: 429, headers: headers as never }))).toEqual({
      status: 429,
      body: "{}",
    });
  });

  test("counts by its status when its headers throw", async () => {
    const headers = {
      get(): never {
        throw new Error("no headers");
      },
    };

    expect(await answerTo(async () => response({ headers }))).toMatchObject({ status: 202 });
  });

  test.each<[string, unknown]>([
    ["a stream of another kind", { pipe() {}, on() {} }],
    ["text", "stored text"],
    ["null", null],
  ])("is asked for its text when its body is %s", async (_name, body) => {
    const text = async () => '{"rejected":1}';

    expect(await answerTo(async () => response({ body: body as never, text }))).toMatchObject({
      body: '{"rejected":1}',
    });
  });

  test("counts by its status when it has neither body nor text()", async () => {
    expect(await answerTo(async () => ({ status: 202 }) as never)).toEqual({
      status: 202,
    });
  });
});
