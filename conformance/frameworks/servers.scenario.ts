/** The same for every framework that serves requests: an app of it, its users, its visitors, and its end. */
import { startTestApi } from "@whisperr/conformance/api/fixture";
import type { Stats } from "@whisperr/node";
import { describe, expect, test } from "vitest";
import { startApp } from "./start-app.ts";

interface Subject {
  readonly name: string;
  /** In apps/. */
  readonly file: string;
  /** What the process ends with after SIGTERM: whoever closes the app on it decides. */
  readonly exit: number | "SIGTERM";
  readonly env?: Readonly<Record<string, string>>;
}

const SUBJECTS: readonly Subject[] = [
  { name: "Fastify", file: "fastify.ts", exit: 0 },
  { name: "Koa", file: "koa.ts", exit: "SIGTERM" },
];

describe.each(SUBJECTS)("$name", ({ file, exit, env }) => {
  async function start() {
    const api = await startTestApi();
    const app = startApp(`apps/${file}`, api.url, env);
    const url = `http://127.0.0.1:${await app.printed("port ")}`;
    const ask = async (path: string, user?: string, init: RequestInit = {}) => {
      const headers = {
        connection: "close",
        "content-type": "application/json",
        ...(user && { "x-user": user }),
      };
      const response = await fetch(`${url}${path}`, { headers, ...init });
      return { status: response.status, text: await response.text() };
    };
    const order = (amount: number, user?: string) =>
      ask("/orders", user, { method: "POST", body: JSON.stringify({ amount }) });
    const stats = async () => JSON.parse((await ask("/stats")).text) as Stats;
    const received = () =>
      api.store.events.map(({ userId, eventType, properties }) => [userId, eventType, properties]);
    return { api, app, ask, order, stats, received };
  }

  test("each request has the client of its user, in its own place and far from it; its end is that of its work", async () => {
    const { app, ask, order, received } = await start();
    expect(await Promise.all([order(1, "ada"), order(2, "bob")])).toMatchObject([
      { status: 200 },
      { status: 200 },
    ]);
    const answer = ask("/slow", "eve");
    await app.printed("asked");
    app.kill("SIGTERM");
    expect(await answer).toEqual({ status: 200, text: "made" });
    expect(await app.ended).toEqual({ exit, stderr: "" });
    const events = received();
    expect(events).toHaveLength(5);
    for (const [user, amount_cents] of [
      ["ada", 1],
      ["bob", 2],
    ] as const)
      expect(events.filter(([of]) => of === user)).toEqual([
        [user, "order_placed", {}],
        [user, "invoice_created", { amount_cents }],
      ]);
    expect(events).toContainEqual(["eve", "report_made", {}]);
  });

  test("calls without a user are counted, said once, and fail no request", async () => {
    const { app, order, stats, received } = await start();
    expect(await order(1)).toMatchObject({ status: 200, text: "ordered" });
    expect(await order(2)).toMatchObject({ status: 200 });
    expect((await stats()).dropped).toEqual({ no_user: 4 });
    app.kill("SIGTERM");
    const { stderr } = await app.ended;
    expect(stderr.match(/^\[whisperr\].*$/gm)).toEqual([
      expect.stringMatching(
        /"order_placed"\) was left out, for its request has no user: looked for .*user\.id, .* in /,
      ),
    ]);
    expect(received()).toEqual([]);
  });
});
