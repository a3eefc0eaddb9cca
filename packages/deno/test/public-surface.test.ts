/** The exact public surface: whoever adds to it changes this first. */
import { beforeEach, expect, test, vi } from "vitest";
import { fakeDeno, stubProcessEvents } from "./fake-deno.ts";

beforeEach(() => {
  vi.stubGlobal("Deno", fakeDeno());
  stubProcessEvents();
});

test("the package exports these values and nothing else", async () => {
  const names = ["channel", "createMemoryOutbox", "createWhisperr", "openKvOutbox"];
  expect(Object.keys(await import("../src/index.ts")).sort()).toEqual(names);
});

test("a client has these methods and nothing else, disabled or not", async () => {
  const { createWhisperr } = await import("../src/index.ts");
  const methods = ["flush", "forUser", "identify", "shutdown", "stats", "track"];
  for (const whisperr of [createWhisperr({ apiKey: "wrk_test" }), createWhisperr({ disabled: true })]) {
    expect(Object.keys(whisperr).sort()).toEqual(methods);
    expect(Object.keys(whisperr.forUser("ada")).sort()).toEqual(["identify", "track"]);
  }
});
