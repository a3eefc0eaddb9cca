/** A handler of AWS Lambda in a sandbox that is frozen between two invocations, as Lambda does it. */
import { startTestApi } from "@whisperr/conformance/api/fixture";
import type { Stats } from "@whisperr/node";
import { expect, test } from "vitest";
import { startApp } from "./start-app.ts";

/** Longer than any machine takes to deliver: what it is compared with is longer by far. */
const PATIENT = { TIMEOUT_MS: "30000" };

interface Answer {
  readonly answer: string;
  readonly stats: Stats;
}

async function startSandbox(apiUrl: string, env: Readonly<Record<string, string>>) {
  const app = startApp("apps/lambda.ts", apiUrl, env);
  const invoke = async (n: number, more: object = {}, remainingMs = 60_000): Promise<Answer> => {
    const requestContext = { authorizer: { jwt: { claims: { sub: "ada" } } } };
    app.write(JSON.stringify({ event: { n, requestContext, ...more }, remainingMs }));
    return JSON.parse(await app.printed(`answer ${n} `)) as Answer;
  };
  return { app, invoke };
}

test("what a handler records is delivered when it answers, in an error or not", async () => {
  const api = await startTestApi();
  const { invoke } = await startSandbox(api.url, PATIENT);
  expect(await invoke(1)).toEqual({
    answer: "ordered",
    stats: { accepted: 2, delivered: 2, dropped: {}, pending: 0 },
  });
  expect(await invoke(2, { fails: true })).toEqual({
    answer: "out of stock",
    stats: { accepted: 4, delivered: 4, dropped: {}, pending: 0 },
  });
  expect(api.store.events.map(({ userId, eventType }) => `${userId} ${eventType}`)).toEqual([
    "ada order_placed",
    "ada invoice_created",
    "ada order_placed",
    "ada invoice_created",
  ]);
});

test("an event without a user costs its calls, counted, and not the invocation", async () => {
  const api = await startTestApi();
  const { invoke } = await startSandbox(api.url, PATIENT);
  const { answer, stats } = await invoke(1, { requestContext: undefined });
  expect(answer).toBe("ordered");
  expect(stats.dropped).toEqual({ no_user: 2 });
});

test.each([
  ["timeoutMs", { TIMEOUT_MS: "100" }, 1_000_000_000],
  ["what is left of the invocation", { TIMEOUT_MS: "1000000000" }, 300],
])("an API that never answers costs %s and no more", async (_limit, env, remainingMs) => {
  const api = await startTestApi({ script: [{ kind: "hang" }] });
  const { invoke } = await startSandbox(api.url, env);
  // A billion ms would end in the test's own limit.
  const { answer, stats } = await invoke(1, {}, remainingMs);
  expect(answer).toBe("ordered");
  expect(stats).toEqual({ accepted: 2, delivered: 0, dropped: {}, pending: 2 });
});

test("a sandbox that was frozen while an answer was under way goes on: everything arrives, once, in order", async () => {
  const api = await startTestApi({ script: [{ kind: "accept-and-lose-answer", answer: "stall" }] });
  const { app, invoke } = await startSandbox(api.url, { ...PATIENT, REQUEST_TIMEOUT_MS: "1000" });
  expect((await invoke(1, {}, 300)).stats.delivered).toBe(0);
  app.kill("SIGSTOP");
  await api.waitForRequests(1, 60_000);
  app.kill("SIGCONT");
  expect((await invoke(2)).stats).toEqual({ accepted: 4, delivered: 4, dropped: {}, pending: 0 });
  expect(api.store.events.map(({ eventType, properties }) => [eventType, properties])).toEqual([
    ["order_placed", { n: 1 }],
    ["invoice_created", { amount_cents: 1 }],
    ["order_placed", { n: 2 }],
    ["invoice_created", { amount_cents: 2 }],
  ]);
});
