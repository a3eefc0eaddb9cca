/** What core takes from the web's globals, each at the moment of its call. */
import { afterEach, describe, expect, test, vi } from "vitest";
import type { FetchInit, FetchResponse } from "../ports.ts";
import { readBoundedText, webPorts } from "./web-ports.ts";

afterEach(() => void vi.unstubAllGlobals());

describe("the globals of a host", () => {
  test("are those of the moment, not of the client's creation", async () => {
    const ports = webPorts(undefined);
    const clearTimeout = vi.fn();
    const fetch = vi.fn(async () => new Response("later"));
    const warn = vi.fn();
    class Controller {}
    const globals = {
      setTimeout: () => 7,
      clearTimeout,
      fetch,
      AbortController: Controller,
      console: { warn },
    };
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    expect(ports.timers.set(() => {}, 1)).toBe(7);
    ports.timers.clear(7);
    expect(clearTimeout.mock.calls).toEqual([[7]]);
    const init = {} as FetchInit;
    expect(await (await ports.fetch("https://a.example", init)).text()).toBe("later");
    expect(fetch.mock.calls).toEqual([["https://a.example", init]]);
    ports.log("warn", "a line");
    expect(warn.mock.calls).toEqual([["a line"]]);
    expect(ports.abortController()).toBeInstanceOf(Controller);
  });

  test("draw what the jitter needs, and tell the time", () => {
    const { random, nowMs } = webPorts(undefined);
    const drawn = Array.from({ length: 10 }, random);
    expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(drawn).size).toBeGreaterThan(1);
    vi.stubGlobal("Date", { now: () => 42 });
    expect(nowMs()).toBe(42);
  });

  test("are not asked where the app has a fetch of its own", () => {
    const fetch = vi.fn();
    expect(webPorts(fetch).fetch).toBe(fetch);
  });
});

describe("an answer's text", () => {
  /** An answer in these parts, and what became of its body. */
  function answerOf(parts: readonly Uint8Array[]) {
    const rest = [...parts];
    const cancel = vi.fn(() => Promise.reject(new Error("too late")));
    const read = async () => {
      const value = rest.shift();
      return { done: value === undefined, value };
    };
    const text = async () => "all at once";
    const response = {
      status: 200,
      headers: new Headers(),
      text,
      body: { getReader: () => ({ read, cancel }) },
    };
    return { response: response as unknown as FetchResponse, cancel, left: () => rest.length };
  }
  const bytes = (text: string) => new TextEncoder().encode(text);

  test("is put together from its parts, wherever they part", async () => {
    const all = bytes("a € sign, and 😀");
    const { response, cancel } = answerOf(Array.from(all, (byte) => Uint8Array.of(byte)));
    expect(await readBoundedText(response)).toBe("a € sign, and 😀");
    expect(cancel).not.toHaveBeenCalled();
    expect(await readBoundedText(answerOf([bytes("half"), all.slice(2, 3)]).response)).toBe("half\ufffd");
  });

  test("is read no further than 256 kB", async () => {
    const part = bytes("x".repeat(128 * 1024));
    const { response, cancel, left } = answerOf([part, part, bytes("y"), part, part]);
    expect(await readBoundedText(response)).toBe(`${"x".repeat(256 * 1024)}y`);
    expect(left()).toBe(2);
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  test("is the host's affair where it has no streams, or nothing to decode them with", async () => {
    const { response } = answerOf([bytes("a")]);
    for (const body of [undefined, null, {}, { getReader: "no" }])
      expect(await readBoundedText({ ...response, body } as never)).toBe("all at once");
    vi.stubGlobal("TextDecoder", undefined);
    expect(await readBoundedText(response)).toBe("all at once");
  });
});
