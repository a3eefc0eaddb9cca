/** The production build takes an option that makes no sense as not given: events go out as if it were not there. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fakeApi, fakeRequest } from "../fake-api.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const built = (entry: string) =>
  import(/* @vite-ignore */ new URL(`../../dist/${entry}.js`, import.meta.url).href);
const NO_INTERVAL = { apiKey: "wrk_test", flushIntervalMs: Number.NaN };

test("an interval that is none, for all requests", async () => {
  const { createWhisperr } = (await built("index")) as typeof import("../../src/index.ts");
  const { fetch, requests } = fakeApi(202);
  const { waitUntil } = fakeRequest();
  createWhisperr({ ...NO_INTERVAL, fetch, waitUntil }).track("ada", "one");
  await vi.advanceTimersByTimeAsync(50);
  expect(requests).toEqual([["one"]]);
});

test("and for one, after its handler has returned", async () => {
  const { withWhisperr } = (await built("cloudflare")) as typeof import("../../src/cloudflare.ts");
  const { fetch, requests } = fakeApi(202);
  const request = fakeRequest();
  const handle = withWhisperr<unknown, object, unknown, typeof request, () => void>(
    (_request, _env, _context, whisperr) => () => whisperr.track("ada", "late" as never),
    () => ({ ...NO_INTERVAL, fetch }),
  );
  const trackLater = await handle({}, {}, request);
  trackLater();
  await vi.advanceTimersByTimeAsync(50);
  expect(requests).toEqual([["late"]]);
  expect(request.open).toBe(0);
});
