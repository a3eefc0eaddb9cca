/** The Worker that holds the driver and the SDK. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Incoming } from "@whisperr/conformance/drivers/incoming-requests.ts";
import { channel, createWhisperr } from "@whisperr/edge";

interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

export default {
  async fetch({ url }: Request, _env: unknown, ctx: Context): Promise<Response> {
    // Fake timers set a real one when they are loaded, which only a request may.
    const { driveRequest } = await import("@whisperr/conformance/drivers/edge-driver.ts");
    const waitUntil = (promise: Promise<unknown>) => ctx.waitUntil(promise);
    return driveRequest(
      { channel, createWhisperr },
      { url, waitUntil, context: new AsyncLocalStorage<Incoming>() },
    );
  },
};
