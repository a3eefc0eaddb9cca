/** What has to hold on every site: its build, all kinds of requests, and the end of its server. */
import type { IngestionApi } from "@whisperr/conformance/api";
import { startTestApi } from "@whisperr/conformance/api/fixture";
import { beforeAll, expect, test, vi } from "vitest";
import { type Environment, nextBuild, nextStart } from "./next-command.ts";
import { type Site, writeSite } from "./site.ts";

export interface Build {
  readonly site: Site;
  /** Of `next build`. */
  readonly args: readonly string[];
  /** Whether the key is there already. */
  readonly hasKey: boolean;
  /** What `next start` ends with after SIGTERM. */
  readonly exit: number;
}

/** For whatever a busy machine takes: how long it was is never judged. */
const WAIT_MS = 120_000;
const KEY = { WHISPERR_API_KEY: "wrk_test" };

interface Visit {
  readonly path: string;
  readonly init?: RequestInit;
  readonly events: readonly string[];
}

const json = (body: object): RequestInit => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

const VISITS: readonly Visit[] = [
  { path: "/fixed", events: [] },
  { path: "/dynamic", events: ["page_opened"] },
  { path: "/orders", init: json({ userId: "user_8842", total: 4900 }), events: ["order_placed"] },
  { path: "/api/invoices", init: json({ userId: "user_8842" }), events: ["invoice_paid"] },
  { path: "/profile", events: ["request_seen", "profile_opened"] },
  { path: "/api/at-edge", events: ["edge_function_called"] },
];
const EDGE_ROUTE: Visit = { path: "/edge-route", init: { method: "POST" }, events: ["edge_route_called"] };

export function provesItself({ site, args, hasKey, exit }: Build): void {
  const visits = site.hasEdgeRoute ? [...VISITS, EDGE_ROUTE] : VISITS;
  let folder = "";
  beforeAll(() => {
    folder = writeSite(site);
  });

  test("next build succeeds, and what its pages call meanwhile is not recorded", async () => {
    const api = await startTestApi();
    const output = await nextBuild(folder, args, { ...(hasKey ? KEY : {}), ...optionsOf(api) });
    expect(output.match(/\[whisperr\].*/g)).toEqual([
      expect.stringMatching(/Nothing is recorded while `next build` renders pages/),
    ]);
    expect(api.requests).toEqual([]);
  });

  test("each kind of request delivers, once; so does a page that is rendered ahead while the site is up", async () => {
    const api = await startTestApi();
    const server = await nextStart(folder, { ...KEY, ...optionsOf(api) });
    for (const visit of visits) await go(server.url, visit);
    const expected = visits.flatMap(({ events }) => events);
    await arrived(api, expected.length);
    expect(namesOf(api).sort()).toEqual([...expected].sort());
    await go(server.url, { path: "/fixed/again", init: { method: "POST" }, events: [] });
    await go(server.url, { path: "/fixed", events: [] });
    // Next.js may render it more than once.
    await vi.waitFor(() => expect(namesOf(api)).toContain("page_prerendered"), WAIT_MS);

    // Its own timer would come much later than the end.
    const before = api.store.events.length;
    await go(server.url, VISITS[2]);
    expect(await server.terminate()).toBe(exit);
    expect(namesOf(api).slice(before)).toContain("order_placed");
    expect(server.output()).not.toMatch(/whisperr|Error/i);
  });

  test("an API that hangs does not hold a server that is told to end, and what is left is said", async () => {
    const api = await startTestApi();
    api.setDefault({ kind: "hang" });
    const longMs = 3_600_000;
    const patient = { requestTimeoutMs: longMs, waitUntilTimeoutMs: longMs };
    const server = await nextStart(folder, { ...KEY, ...optionsOf(api, patient) });
    for (const visit of visits) await go(server.url, visit);
    await api.waitForRequests(1, WAIT_MS);
    expect(await server.terminate()).toBe(exit);
    expect(server.output()).toMatch(/\[whisperr\] .* still queued/);
  });
}

function optionsOf(api: IngestionApi, more: object = {}): Environment {
  return { OPTIONS: JSON.stringify({ baseUrl: api.url, ...more }) };
}

async function go(url: string, visit: Visit | undefined): Promise<void> {
  const response = await fetch(url + visit?.path, visit?.init);
  await response.text();
  expect(response.status, visit?.path).toBe(200);
}

function namesOf(api: IngestionApi): string[] {
  return api.store.events.map(({ eventType }) => eventType);
}

async function arrived(api: IngestionApi, count: number): Promise<void> {
  await vi.waitFor(() => expect(api.store.events.length).toBeGreaterThanOrEqual(count), WAIT_MS);
}
