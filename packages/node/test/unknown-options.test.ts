/** Options that there are none of: each thing that an app makes says so, once, and goes on. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { whisperrAstro } from "../src/astro.ts";
import { closeOnSignal } from "../src/close-on-signal.ts";
import { whisperrExpress } from "../src/express.ts";
import { whisperrFastify } from "../src/fastify.ts";
import { whisperrHono } from "../src/hono.ts";
import { createWhisperr } from "../src/index.ts";
import { whisperrKoa } from "../src/koa.ts";
import { withWhisperr } from "../src/lambda.ts";
import { whisperrNitro } from "../src/nitro.ts";
import { whisperrReactRouter } from "../src/react-router.ts";
import { createRelay, redisOutbox } from "../src/redis.ts";
import { whisperrSvelteKit } from "../src/sveltekit.ts";
import { createTestWhisperr, startIngestion } from "../src/testing.ts";

const warn = vi.fn();
beforeEach(() => {
  warn.mockReset();
  vi.spyOn(console, "warn").mockImplementation(warn);
});
afterEach(() => void vi.restoreAllMocks());

const whisperr = createWhisperr({ apiKey: "wrk_test", disabled: true });
const client = { call: async () => [], on: () => undefined };
const resolveUser = () => "ada";
/** As JavaScript passes them, where no compiler looks. */
const given = (options: object) => options as never;

test.each<[string, string, () => unknown]>([
  ["whisperrExpress()", "resolveUser", () => whisperrExpress(whisperr, given({ resolveuser: resolveUser }))],
  ["whisperrKoa()", "resolveUser", () => whisperrKoa(whisperr, given({ resolveuser: resolveUser }))],
  ["whisperrHono()", "resolveUser", () => whisperrHono(whisperr, given({ resolveuser: resolveUser }))],
  ["whisperrAstro()", "resolveUser", () => whisperrAstro(whisperr, given({ resolveuser: resolveUser }))],
  [
    "whisperrSvelteKit()",
    "resolveUser",
    () => whisperrSvelteKit(whisperr, given({ resolveuser: resolveUser })),
  ],
  [
    "whisperrReactRouter()",
    "resolveUser",
    () => whisperrReactRouter(whisperr, given({ resolveUser, resolveUsers: resolveUser })),
  ],
  ["whisperrFastify()", "closeTimeoutMs", () => whisperrFastify(whisperr, given({ closeTimeout: 1 }))],
  ["whisperrNitro()", "closeTimeoutMs", () => whisperrNitro(whisperr, given({ closeTimeout: 1 }))],
  ["withWhisperr()", "timeoutMs", () => withWhisperr(() => 1, given({ timeoutMS: 1, disabled: true }))],
  ["closeOnSignal()", "timeoutMs", () => closeOnSignal(whisperr, given({ timeout: 1 }))()],
  ["redisOutbox()", "maxLength", () => redisOutbox(given({ client, maxLen: 1 }))],
  [
    "createRelay()",
    "leaseMs",
    () => createRelay(given({ client, apiKey: "wrk_test", lease_ms: 5_000 })).shutdown({ timeoutMs: 0 }),
  ],
  [
    "backoff",
    "baseMs",
    () => createWhisperr(given({ apiKey: "wrk_test", fetch: vi.fn(), backoff: { base: 1 } })),
  ],
  ["createWhisperr()", "unknownEvents", () => createTestWhisperr(given({ unknownEvent: "drop" }))],
])("%s says it, and names %s", async (of, meant, make) => {
  await make();
  expect(warn.mock.calls).toEqual([
    [
      expect.stringMatching(
        `^\\[whisperr\\] ${of.replace("()", "\\(\\)")} has no option "\\w+": write ${meant}`,
      ),
    ],
  ]);
});

test("flush() and shutdown() say it once, of each name, and take a number for what it is", async () => {
  const client = createWhisperr({ apiKey: "wrk_test", fetch: vi.fn(), exitTimeoutMs: 0 });
  await client.flush(given({ timeout: 1 }));
  await client.flush(given({ timeout: 1 }));
  await client.flush(2000 as never);
  await client.shutdown(given({ timeoutMS: 1 }));
  expect(warn.mock.calls.flat()).toEqual([
    '[whisperr] flush() has no option "timeout": write timeoutMs.',
    "[whisperr] flush() takes an object of options, not 2000.",
    '[whisperr] shutdown() has no option "timeoutMS": write timeoutMs.',
  ]);
});

test("so do an identify() and its channels, and the faults of a test's API", async () => {
  const client = createWhisperr({ apiKey: "wrk_test", fetch: vi.fn(), exitTimeoutMs: 0 });
  const email = { type: "email", address: "ada@example.com", isVerified: true };
  client.identify("ada", given({ channels: [email], preferredChanel: "email" }));
  const api = await startIngestion();
  api.fail(503, given({ retryAfter: 1 }));
  api.loseAnswer(given({ time: 2 }));
  await api.close();
  expect(warn.mock.calls.flat()).toEqual([
    '[whisperr] identify() has no option "preferredChanel": write preferredChannel.',
    '[whisperr] channels[0] has no option "isVerified": write verified.',
    '[whisperr] fail() has no option "retryAfter": write retryAfterSeconds.',
    '[whisperr] loseAnswer() has no option "time": write times.',
  ]);
});

test("a module's or a wrapper's own options are none of the client's that it makes, and those it knows say nothing", () => {
  withWhisperr(() => 1, { timeoutMs: 1, resolveUser, disabled: true });
  whisperrFastify(whisperr, { closeTimeoutMs: 1, resolveUser });
  redisOutbox({ client, prefix: "other", partitions: 2, maxLength: 5 });
  expect(warn.mock.calls).toEqual([]);
});

test("a console that throws, as some tests make it, keeps no integration from its client", () => {
  warn.mockImplementation(() => {
    throw new Error("no warnings in this suite");
  });
  expect(() => withWhisperr(() => 1, { whisperr, apiKey: "wrk_test" })).not.toThrow();
});

test("an integration that gets a client says which of the client's options it ignores", () => {
  withWhisperr(() => 1, { whisperr, timeoutMs: 1, apiKey: "wrk_test", flushAt: 1, debug: undefined });
  withWhisperr(() => 1, { whisperr, timeoutMs: 1 });
  expect(warn.mock.calls.flat()).toEqual([
    "[whisperr] withWhisperr() got a client, and ignores apiKey, flushAt: write that at its createWhisperr().",
  ]);
});
