/** The client for an app's tests, as an app's tests use it. */
import { Hono } from "hono";
import { describe, expect, expectTypeOf, test, vi } from "vitest";
import { withWhisperr } from "../src/cloudflare.ts";
import { type WhisperrVariables, whisperr } from "../src/hono.ts";
import { createWhisperr as createForNext } from "../src/next.ts";
import { assertTracked, createTestWhisperr } from "../src/testing.ts";
import { createWhisperr as createForVercel } from "../src/vercel.ts";

vi.mock("next/server.js", () => ({ after() {} }));

interface Events {
  payment_failed: { amount_cents: number; at?: Date };
  signed_in: Record<never, never>;
}

test("knows at once what was tracked and identified", async () => {
  vi.useFakeTimers();
  const client = createTestWhisperr<Events>();
  client.track("ada", "payment_failed", { amount_cents: 4900, at: new Date(0) });
  client.forUser("ada").identify({ traits: { plan: "pro" } });

  const [failed] = client.tracked("payment_failed");
  expectTypeOf(failed?.properties.at).toEqualTypeOf<string | undefined>();
  expect(failed).toMatchObject({ userId: "ada", properties: { at: "1970-01-01T00:00:00.000Z" } });
  expect(client.identified("ada")).toMatchObject([{ traits: { plan: "pro" } }]);
  expect(client.timeline("ada")).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
  expect(await client.flush()).toEqual({ delivered: 2, dropped: 0, pending: 0 });
  client.clear();
  expect(client.timeline("ada")).toEqual([]);
  expect(() => client.track("ada", "Signed In" as never)).toThrow(
    /^Whisperr: track\("Signed In"\) was dropped: .*lowercase_snake_case/,
  );
});

const context = { waitUntil() {} };
type Handle = () => unknown;

/** How an app's handler comes to its client, and what a test asks of it. */
const ENTRIES: [string, (test: ReturnType<typeof createTestWhisperr>, event: string) => Handle][] = [
  [
    "withWhisperr()",
    (test, event) => {
      const handler = withWhisperr(
        (_request: Request, _env: unknown, _context: typeof context, client) => {
          client.track("ada", event);
          client.forUser("ada").identify();
          return new Response();
        },
        () => test.options,
      );
      return () => handler(new Request("http://app"), {}, context);
    },
  ],
  [
    "Hono",
    (test, event) => {
      const app = new Hono<{ Variables: WhisperrVariables }>();
      app.use(whisperr(test.options));
      app.get("/", (c) => {
        c.get("whisperr").track("ada", event);
        c.get("whisperr").identify("ada");
        return c.body(null);
      });
      return () => app.request("/");
    },
  ],
  ...([createForNext, createForVercel] as const).map(
    (create, index) =>
      [
        ["Next.js", "Vercel"][index],
        (test, event) => {
          const client = create(test.options);
          return () => {
            client.track("ada", event);
            client.identify("ada");
          };
        },
      ] as (typeof ENTRIES)[number],
  ),
];

describe.each(ENTRIES)("%s takes its options", (_name, handlerOf) => {
  test("and what its clients record is there when the handler has returned", async () => {
    const client = createTestWhisperr();
    const handle = handlerOf(client, "signed_in");
    await Promise.all([handle(), handle(), handle()]);
    assertTracked(client, "signed_in");
    expect(client.tracked()).toHaveLength(3);
    expect(client.identified("ada")).toHaveLength(3);
  });

  test("and their bad calls fail the test where it looks", async () => {
    const client = createTestWhisperr();
    await handlerOf(client, "Signed In")();
    expect(() => client.tracked()).toThrow(/^Whisperr: track\("Signed In"\) was dropped/);
    expect(client.identified()).toHaveLength(1);
  });
});
