/** What an app hands to a framework, where no compiler has looked at it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createDisabledClient } from "./disabled-client.ts";
import type { WhisperrPluginOptions } from "./vue.ts";

const warn = vi.fn();
beforeEach(() => {
  // What was said is not said again, in the same page.
  vi.resetModules();
  warn.mockReset();
  vi.spyOn(console, "warn").mockImplementation(warn);
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => void vi.restoreAllMocks());

/** What the components of an app get that gives the plugin this, twice. */
async function provided(given: object): Promise<unknown> {
  const { WhisperrPlugin } = await import("./vue.ts");
  const provide = vi.fn();
  WhisperrPlugin.install({ provide }, given as WhisperrPluginOptions);
  WhisperrPlugin.install({ provide }, given as WhisperrPluginOptions);
  return provide.mock.lastCall?.[1];
}

test("options beside a client are ignored, and named once", async () => {
  const client = createDisabledClient();
  expect(await provided({ client, apiKey: "wrk_test", debug: undefined })).toBe(client);
  expect(warn.mock.calls).toEqual([
    ['[whisperr] WhisperrPlugin with a client has no option "apiKey": write apiKey at its createWhisperr().'],
  ]);
});

test("a client alone says nothing", async () => {
  await provided({ client: createDisabledClient() });
  expect(warn.mock.calls).toEqual([]);
});

test.each(["wrk_test", {}, 1])(
  "what is no client counts as not given, and is told of once: %j",
  async (client) => {
    expect(await provided({ client })).toEqual(expect.objectContaining({ track: expect.any(Function) }));
    expect(warn.mock.calls).toEqual([
      ["[whisperr] The client that WhisperrPlugin got is none: write the one that createWhisperr() made."],
    ]);
  },
);
