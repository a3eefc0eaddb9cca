/** An app that closes, as its framework tells it: the process may end with it, and whatever wait between attempts was begun is too long. */
import fastify from "fastify";
import { expect, test, vi } from "vitest";
import { whisperrFastify } from "../src/fastify.ts";
import { createWhisperr, type Whisperr } from "../src/index.ts";
import { WhisperrService } from "../src/nestjs.ts";
import { failAtFirst, startIngestionApi } from "./ingestion-api.ts";

const closeTimeoutMs = 60_000;

const closings: [string, (whisperr: Whisperr) => Promise<() => Promise<unknown>>][] = [
  [
    "Fastify",
    async (whisperr) => {
      const app = fastify();
      app.register(whisperrFastify(whisperr, { closeTimeoutMs }));
      await app.ready();
      return () => app.close();
    },
  ],
  [
    "NestJS, without a signal",
    async (whisperr) => () => new WhisperrService(whisperr, closeTimeoutMs).onApplicationShutdown(),
  ],
  [
    "NestJS, with one",
    async (whisperr) => () => new WhisperrService(whisperr, closeTimeoutMs).onApplicationShutdown("SIGTERM"),
  ],
];

test.each(closings)("%s", async (_name, closingOf) => {
  const api = await startIngestionApi(failAtFirst(1));
  const debug = vi.spyOn(console, "debug").mockImplementation(() => {});
  const backoff = { baseMs: 600_000, maxMs: 600_000 };
  const whisperr = createWhisperr({ apiKey: "wrk_test", baseUrl: api.url, flushAt: 1, backoff, debug: true });
  const close = await closingOf(whisperr);
  whisperr.track("ada", "order_placed");
  await vi.waitFor(
    () => expect(debug).toHaveBeenCalledWith(expect.stringContaining("operations: 500")),
    60_000,
  );
  debug.mockRestore();
  await close();
  expect(whisperr.stats()).toMatchObject({ delivered: 1, pending: 0 });
});
