/** The Worker that holds the driver and the SDK. */
import { channel, createWhisperr } from "@whisperr/edge";

interface Context {
  waitUntil(promise: Promise<unknown>): void;
}

export default {
  async fetch({ url }: Request, _env: unknown, ctx: Context): Promise<Response> {
    // Fake timers set a real one when they are loaded, which only a request may.
    const { driveRequest } = await import("@whisperr/conformance/drivers/edge-driver.ts");
    return driveRequest({ channel, createWhisperr }, { url, waitUntil: (promise) => ctx.waitUntil(promise) });
  },
};
