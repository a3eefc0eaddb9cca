/** `@whisperr/browser/worker` in real workers of every kind: ended at any moment, and started again. */
import { fileURLToPath } from "node:url";
import type { Page } from "@whisperr/conformance-browsers";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { inEveryEngine } from "../browsers/engines.ts";
import { complaints, html, type PageStage, setPageStage, until } from "./stage.ts";

const KINDS = ["dedicated", "shared", "service"] as const;
type Kind = (typeof KINDS)[number];

type Call = readonly [method: string, ...args: unknown[]];

/** How each kind hears of what a page wants, and answers. */
const HEARS: Record<Kind, string> = {
  dedicated: "onmessage = async ({ data, ports: [port] }) => port.postMessage(await run(data));",
  shared: `onconnect = ({ ports: [page] }) => {
    page.onmessage = async ({ data, ports: [port] }) => port.postMessage(await run(data));
  };`,
  service: `oninstall = () => skipWaiting();
    onmessage = (event) => event.waitUntil(run(event.data).then((result) => event.ports[0].postMessage(result)));`,
};

/** What a page does to have one. */
const STARTS: Record<Kind, string> = {
  dedicated: "new Worker(URL_)",
  shared: "new SharedWorker(URL_).port",
  service: `navigator.serviceWorker.register(URL_).then(async (one) => {
    globalThis.registration = one;
    const worker = one.active ?? one.waiting ?? one.installing;
    while (worker.state !== "activated")
      await new Promise((resolve) => worker.addEventListener("statechange", resolve, { once: true }));
    return worker;
  })`,
};

/** Begins to listen to a new worker: `run(calls)` resolves with the result of the last one. */
const startWorker = (
  kind: Kind,
) => `Promise.resolve(${STARTS[kind].replace("URL_", '"/worker.js"')}).then((worker) => {
  globalThis.worker = worker;
  worker.start?.();
  globalThis.run = (calls) => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage(calls, [port2]);
  });
})`;

/** A worker as its author bundles it: one script. */
async function bundled(kind: Kind, options: string, more: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { createWhisperr } from "@whisperr/browser/worker";
        const whisperr = createWhisperr(${options});
        ${more}
        async function run(calls) {
          let result;
          for (const [name, ...args] of calls) result = whisperr[name](...args);
          return result;
        }
        ${HEARS[kind]}`,
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    format: "iife",
    target: "es2020",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

async function openPage(stage: PageStage, kind: Kind, options: string, more = ""): Promise<Page> {
  stage.site.put("/worker.js", { body: await bundled(kind, stage.options(options), more) });
  stage.site.put("/shop", { body: html("") });
  const page = await stage.open("/shop");
  await page.evaluate(startWorker(kind));
  return page;
}

const run = <T>(page: Page, ...calls: Call[]) => page.evaluate<T>(`run(${JSON.stringify(calls)})`);

/** How many operations stand in IndexedDB. */
const STORED = `new Promise((resolve, reject) => {
  const request = indexedDB.open("whisperr.worker");
  request.onerror = () => reject(request.error);
  request.onsuccess = () => {
    const database = request.result;
    const keys = database.transaction("records").objectStore("records").getAllKeys();
    keys.onsuccess = () => {
      database.close();
      resolve(keys.result.filter((key) => key.includes(".q.")).length);
    };
  };
})`;

const ENDS: Record<Kind, string> = {
  dedicated: "worker.terminate()",
  // It ends with its last page.
  shared: "location.reload()",
  service: "registration.unregister()",
};

/** Nothing leaves unless it is asked for. */
const STILL = "flushAtStart: false, flushIntervalMs: 0,";

inEveryEngine("workers", (browser) => {
  describe.each(KINDS)("%s", (kind) => {
    it("delivers what it records, in one request", async () => {
      const stage = await setPageStage(browser());
      const page = await openPage(stage, kind, "", 'whisperr.track("woken");');
      const result = await run(page, ["track", "seen", { n: 1 }], ["track", "heard"], ["flush"]);
      expect(result).toEqual({ delivered: 3, dropped: 0, pending: 0 });
      const events = await stage.events(3);
      expect(events.map(({ eventType }) => eventType)).toEqual(["woken", "seen", "heard"]);
      expect(new Set(events.map(({ anonymousId }) => anonymousId)).size).toBe(1);
      expect(stage.api.requests.filter(({ method }) => method === "POST")).toHaveLength(1);
      expect(await page.evaluate(STORED)).toBe(0);
      expect(await complaints(page)).toEqual([]);
    });

    it("goes on where one that was ended stopped: its queue, its user", async () => {
      const stage = await setPageStage(browser());
      const page = await openPage(stage, kind, STILL);
      await run(page, ["identify", "ada"], ["track", "first"], ["track", "second"]);
      await until(page, `await ${STORED} === 3`);
      // An engine that is not told to may keep it for a while: then it still has its queue.
      if (kind === "service" && page.stopServiceWorkers) await page.stopServiceWorkers();
      else await page.evaluate(`void ${ENDS[kind]}`);
      if (kind === "shared")
        await until(page, "globalThis.run === undefined && document.readyState === 'complete'");
      await page.evaluate(startWorker(kind));
      await run(page, ["track", "third"], ["flush"]);
      const events = await stage.events(3);
      expect(events.map(({ eventType, userId }) => [eventType, userId])).toEqual([
        ["first", "ada"],
        ["second", "ada"],
        ["third", "ada"],
      ]);
      expect(await page.evaluate(STORED)).toBe(0);
    });
  });

  it("are one visitor, though several start at once, and what all of them hold is their user's", async () => {
    const stage = await setPageStage(browser());
    const options = stage.options('anonymousEvents: "hold", flushIntervalMs: 500,');
    const body = await bundled("dedicated", options, 'whisperr.track("started");');
    stage.site.put("/worker.js", { body });
    stage.site.put("/shop", { body: html("") });
    const page = await stage.open("/shop");
    const start = startWorker("dedicated");
    await page.evaluate(`Promise.all([${[start, start, start]}])`);
    await run(page, ["stats"]);
    await until(page, `await ${STORED} === 3`);
    await run(page, ["identify", "ada"]);
    const events = await stage.events(3);
    expect(events.map(({ userId }) => userId)).toEqual(["ada", "ada", "ada"]);
  });

  it("takes what one leaves that ends while another lives, and an opt-out of it at once", async () => {
    const stage = await setPageStage(browser());
    const page = await openPage(stage, "dedicated", STILL);
    await page.evaluate("void (globalThis.first = { worker, run })");
    await page.evaluate(startWorker("dedicated"));
    // Until then the first one may take for dead what the second one stores, and deliver it.
    await until(page, "(await navigator.locks.query()).held.length >= 2");
    await page.evaluate('first.run([["track", "one"]])');
    await run(page, ["track", "two"]);
    await until(page, `await ${STORED} === 2`);
    await page.evaluate('first.run([["optOut"]])');
    await until(page, '(await run([["stats"]])).dropped.opted_out === 1');
    await run(page, ["track", "three"]);
    expect(await run(page, ["stats"])).toMatchObject({ accepted: 2, pending: 0, dropped: { opted_out: 2 } });
    expect(stage.api.requests).toEqual([]);
  });

  it("says in the main entry which one to take", async () => {
    const stage = await setPageStage(browser());
    stage.site.put("/main.js", {
      body: `const said = [];
        console.error = (...words) => said.push(words.join(" "));
        import("/sdk/index.js").then(({ createWhisperr }) => {
          for (const n of [1, 2]) createWhisperr(${stage.options()}).track("seen");
          postMessage(said);
        });`,
    });
    stage.site.put("/shop", { body: html("") });
    const page = await stage.open("/shop");
    const said = `new Promise((resolve) => {
      new Worker("/main.js", { type: "module" }).onmessage = ({ data }) => resolve(data);
    })`;
    expect(await page.evaluate(said)).toEqual([expect.stringContaining("@whisperr/browser/worker")]);
  });
});
