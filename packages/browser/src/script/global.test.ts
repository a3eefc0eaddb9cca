import { afterEach, describe, expect, it, vi } from "vitest";
import type { WaitingCall } from "./calls.ts";
import { installGlobal, type PageGlobal } from "./global.ts";

type Method = (...args: unknown[]) => unknown;

/** A page with the script on it, and what its clients were told, and when. */
function page(kept: readonly WaitingCall[] = []) {
  const told: string[] = [];
  let clients = 0;
  const create = () => {
    const name = ++clients;
    const hear = (what: unknown) => void told.push(`${name} ${what} ${Date.now()}`);
    return { track: hear, optOut: () => hear("optOut"), shutdown: () => hear("shutdown") };
  };
  const whisperr: PageGlobal = { q: kept };
  installGlobal(whisperr, create);
  return { told, call: (name: string, ...args: unknown[]) => (whisperr[name] as Method)(...args) };
}

const key = { apiKey: "wrk_test" };

describe("the global of the script tag", () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it("replays what was kept, in order, at the time it happened", () => {
    vi.useFakeTimers({ now: 5000 });
    const { told, call } = page([
      ["track", ["early"], 1000],
      ["createWhisperr", [key], 2000],
      ["track", ["late"], 3000],
    ]);
    call("track", "now");
    expect(told).toEqual(["1 early 1000", "1 late 3000", "1 now 5000"]);
  });

  it("keeps a thousand events, and what a person chose after them", () => {
    vi.useFakeTimers({ now: 0 });
    const { told, call } = page();
    for (let i = 0; i < 1001; i++) call("track", i);
    call("optOut");
    call("createWhisperr", key);
    expect(told.slice(-2)).toEqual(["1 999 0", "1 optOut 0"]);
  });

  it("hands calls to the client that follows one that was shut down", () => {
    vi.useFakeTimers({ now: 0 });
    const { told, call } = page();
    call("createWhisperr", key);
    call("shutdown");
    call("createWhisperr", key);
    call("track", "again");
    expect(told).toEqual(["1 shutdown 0", "2 again 0"]);
  });

  it("hands calls to the client that follows a disabled one, and to the first of two keys", () => {
    vi.useFakeTimers({ now: 0 });
    const { told, call } = page();
    call("createWhisperr", { ...key, disabled: true });
    call("createWhisperr", key);
    call("createWhisperr", { apiKey: "wrk_other" });
    call("track", "one");
    expect(told).toEqual(["2 one 0"]);
  });

  it("throws nothing where the page has frozen its clock", () => {
    const frozen = Object.freeze(Object.assign(() => {}, { now: () => 5000 }));
    vi.stubGlobal("Date", frozen);
    try {
      const { told, call } = page([["track", ["early"], 1000]]);
      call("createWhisperr", key);
      call("track", "now");
      expect(told).toEqual(["1 early 5000", "1 now 5000"]);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
