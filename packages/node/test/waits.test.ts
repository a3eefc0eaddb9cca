/** A wait that is no number would be one without an end: it is refused at creation, as other options are. */
import { expect, test } from "vitest";
import { whisperrFastify } from "../src/fastify.ts";
import { createWhisperr } from "../src/index.ts";
import { withWhisperr } from "../src/lambda.ts";
import { WhisperrService } from "../src/nestjs.ts";

const whisperr = createWhisperr({ apiKey: "wrk_test", disabled: true });

test.each([Number.NaN, -1, "soon" as never])("%o", (ms: number) => {
  const handler = () => {};
  expect(() => withWhisperr(handler, { whisperr, timeoutMs: ms })).toThrow(
    /^Whisperr: timeoutMs must be a whole number/,
  );
  const close = /^Whisperr: closeTimeoutMs must be a whole number/;
  expect(() => whisperrFastify(whisperr, { closeTimeoutMs: ms })).toThrow(close);
  expect(() => new WhisperrService(whisperr, ms)).toThrow(close);
});
