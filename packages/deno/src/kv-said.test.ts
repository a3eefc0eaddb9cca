/** The last `identify()` is the server's last word, with several processes on one database. */
import { expect, test, vi } from "vitest";
import { LONG_MS, type Process, type Server, setStage } from "../test/kv-processes.ts";

async function identify(process: Process, plan: string): Promise<void> {
  process.whisperr.identify("ada", { traits: { plan } });
  await process.outbox.saved();
  // The clock goes on from one call to the next.
  await vi.advanceTimersByTimeAsync(1);
}

async function deliver(process: Process, api: Server): Promise<void> {
  api.isDown = false;
  // What is said again comes once the older one is settled.
  for (let round = 0; round < 3; round++) {
    await process.whisperr.flush();
    await process.outbox.saved();
  }
  api.isDown = true;
}

test("when a process that lives delivers an older one late", async () => {
  const { api, start } = setStage();
  const [first, second] = [await start(), await start()];
  await identify(first, "trial");
  await identify(second, "pro");
  await deliver(second, api);
  await deliver(first, api);
  expect(api.heard).toEqual(["pro", "trial", "pro"]);
  expect(first.whisperr.stats()).toMatchObject({ accepted: 2, delivered: 2, pending: 0 });
});

test("when an older one was a dead process's", async () => {
  const { api, start } = setStage();
  const [dead, second] = [await start(), await start()];
  await identify(dead, "trial");
  dead.stop("dead");
  await identify(second, "pro");
  await deliver(second, api);
  await vi.advanceTimersByTimeAsync(60_000 + LONG_MS);
  await deliver(second, api);
  expect(api.heard).toEqual(["pro", "trial", "pro"]);
});

test("when older ones are delivered while the database is read for the newer", async () => {
  const { api, start } = setStage();
  const [dead, second] = [await start(), await start()];
  await identify(dead, "trial");
  await identify(dead, "basic");
  dead.stop("dead");
  await identify(second, "pro");
  // It takes them over behind its own.
  await vi.advanceTimersByTimeAsync(60_000 + LONG_MS);
  await deliver(second, api);
  expect(api.heard.slice(0, 3)).toEqual(["pro", "trial", "basic"]);
  expect(api.heard.at(-1)).toBe("pro");
});

test("when another process delivers an older one while the newer is being noted", async () => {
  const { api, start } = setStage();
  const [first, second] = [await start(), await start()];
  await identify(first, "trial");
  await identify(first, "basic");
  await identify(second, "pro");
  api.isDown = false;
  await Promise.all([first.whisperr.flush(), second.whisperr.flush()]);
  await Promise.all([first.outbox.saved(), second.outbox.saved()]);
  await deliver(second, api);
  await deliver(first, api);
  expect(api.heard.slice(0, 3).sort()).toEqual(["basic", "pro", "trial"]);
  expect(api.heard.at(-1)).toBe("pro");
});

test("when three processes deliver theirs in any order", async () => {
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  for (const order of orders) {
    const { api, start } = setStage();
    const processes = [await start(), await start(), await start()];
    for (const [n, plan] of ["trial", "pro", "left"].entries()) await identify(processes[n] as Process, plan);
    for (const n of order) await deliver(processes[n] as Process, api);
    expect(api.heard.at(-1), String(order)).toBe("left");
  }
});

test("when an own newer one waits behind the older", async () => {
  const { api, start } = setStage();
  const [first, second] = [await start(), await start()];
  await identify(first, "trial");
  await identify(second, "pro");
  await deliver(second, api);
  await identify(first, "left");
  await deliver(first, api);
  expect(api.heard.at(-1)).toBe("left");
});

test("and what was refused says nothing: nobody says it again", async () => {
  const { api, start } = setStage();
  const [first, second] = [await start(), await start()];
  await identify(first, "trial");
  await identify(second, "unknown");
  await deliver(second, api);
  await deliver(first, api);
  expect(api.heard).toEqual(["unknown", "trial"]);
  expect(first.whisperr.stats()).toMatchObject({ accepted: 1, delivered: 1 });
});

test("when the process is killed that has just settled the older one", async () => {
  const { api, start } = setStage();
  const [first, second] = [await start(), await start()];
  await identify(first, "trial");
  await identify(second, "pro");
  await deliver(second, api);
  first.outbox.remove(0, 1);
  await first.outbox.saved();
  first.stop("dead");
  await vi.advanceTimersByTimeAsync(60_000 + LONG_MS);
  await deliver(second, api);
  expect(api.heard).toEqual(["pro", "pro"]);
});

test("when two hear of theirs in the same moment", async () => {
  const { kv, api, start } = setStage();
  const [first, second] = [await start(), await start()];
  await identify(first, "trial");
  await identify(second, "pro");
  let open = () => {};
  kv.gate = new Promise((resolve) => {
    open = resolve;
  });
  // Both have looked before either has written.
  second.outbox.remove(0, 1);
  first.outbox.remove(0, 1);
  await vi.advanceTimersByTimeAsync(1);
  open();
  await Promise.all([first.outbox.saved(), second.outbox.saved()]);
  await deliver(first, api);
  expect(api.heard).toEqual(["pro"]);
});

test("and is said once where nobody else has anything, with nothing left of it", async () => {
  const { kv, api, start } = setStage();
  const process = await start();
  await identify(process, "trial");
  await identify(process, "pro");
  await deliver(process, api);
  expect(api.heard).toEqual(["trial", "pro"]);
  expect(kv.keys()).toEqual([]);
});
