/** The Worker that holds the driver, with an SDK that can become every mutant. */
import { channel, createWhisperr } from "@whisperr/edge";
import { mutated } from "../mutated-sdk.ts";

interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

export default {
  async fetch({ url }: Request, _env: unknown, ctx: Context): Promise<Response> {
    // Fake timers set a real one when they are loaded, which only a request may.
    const { driveRequest } = await import("../../drivers/edge-driver.ts");
    const sdk = mutated({ channel, createWhisperr });
    return driveRequest(sdk, { url, waitUntil: (promise) => ctx.waitUntil(promise) });
  },
};
