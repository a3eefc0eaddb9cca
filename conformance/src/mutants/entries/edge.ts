/** The Worker that holds the driver, with an SDK that can become every mutant. */
import { AsyncLocalStorage } from "node:async_hooks";
import { channel, createWhisperr } from "@whisperr/edge";
import type { Incoming } from "../../drivers/incoming-requests.ts";
import { mutated } from "../mutated-sdk.ts";

interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

export default {
  async fetch({ url }: Request, _env: unknown, ctx: Context): Promise<Response> {
    // Fake timers set a real one when they are loaded, which only a request may.
    const { driveRequest } = await import("../../drivers/edge-driver.ts");
    const sdk = mutated({ channel, createWhisperr });
    const waitUntil = (promise: Promise<unknown>) => ctx.waitUntil(promise);
    return driveRequest(sdk, { url, waitUntil, context: new AsyncLocalStorage<Incoming>() });
  },
};
