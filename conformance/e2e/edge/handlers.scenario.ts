/** A Worker's other handlers record like `fetch`: a cron trigger, and a batch of a Queue. */
import { startTestApi } from "@whisperr/conformance/api/fixture";
import { Log, LogLevel, Miniflare } from "miniflare";
import { expect, onTestFinished, test } from "vitest";
import { bundle } from "./edge-host.ts";
import { untilStored } from "./numbered-events.ts";

/** As Miniflare calls them; its own types lose these names. */
interface Handlers {
  fetch(url: string): Promise<Response>;
  scheduled(event: { cron: string; scheduledTime: Date }): Promise<{ outcome: string }>;
  queue(name: string, messages: readonly object[]): Promise<{ outcome: string }>;
}

test("fetch, a cron trigger and a batch of a Queue each deliver what they track", async () => {
  const api = await startTestApi();
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.js", contents: await bundle("handlers-worker.ts", "esm") }],
    compatibilityDate: "2026-07-01",
    bindings: { OPTIONS: { apiKey: "wrk_test", baseUrl: api.url } },
    log: new Log(LogLevel.ERROR),
  });
  onTestFinished(() => miniflare.dispose());
  const worker = (await miniflare.getWorker()) as unknown as Handlers;

  const answer = await worker.fetch("http://app/");
  expect(await answer.text()).toBe("ok");
  await untilStored(api, 1);
  expect((await worker.scheduled({ cron: "0 0 1 * *", scheduledTime: new Date(0) })).outcome).toBe("ok");
  await untilStored(api, 2);
  const messages = [1, 2].map((id) => ({ id: String(id), timestamp: new Date(0), body: id, attempts: 1 }));
  expect((await worker.queue("orders", messages)).outcome).toBe("ok");
  await untilStored(api, 4);

  expect(api.store.events.map(({ eventType, properties }) => [eventType, properties])).toEqual([
    ["page_opened", {}],
    ["plan_renewed", { cron: "0 0 1 * *" }],
    ["order_shipped", { body: 1 }],
    ["order_shipped", { body: 2 }],
  ]);
});
