/** Two processes on one Deno KV, as in a rolling restart: each sends what is its own, and what a dead one left exactly one. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IngestionApi } from "@whisperr/conformance/api";
import { startTestApi } from "@whisperr/conformance/api/fixture";
import { expect, test } from "vitest";
import { eventually } from "../eventually.ts";
import { newFolder, withOutbox } from "./kv-program.ts";
import { numbers, upTo } from "./numbers.ts";
import { startProgram } from "./start-program.ts";

/** `await told("go")` in a program ends when the test says so. */
const TOLD = (folder: string) => `
  const told = async (what) => {
    while (!(await Deno.stat(${JSON.stringify(folder)} + "/" + what).catch(() => undefined)))
      await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const PATIENT = { maxRetries: 0, flushIntervalMs: 0, onError() {} };`;

const tell = (folder: string, what: string) => writeFileSync(join(folder, what), "");

function start(api: IngestionApi, folder: string, source: string, round = 0) {
  return startProgram(withOutbox(api, folder, TOLD(folder) + source, round));
}

/** How often each event was sent, whatever the API made of it. */
function sendings(api: IngestionApi): number[] {
  const counts: number[] = [];
  for (const { properties } of api.requests.flatMap(({ events }) => events)) {
    const { n } = properties as { readonly n: number };
    counts[n] = (counts[n] ?? 0) + 1;
  }
  return counts;
}

test("an old process that lives sends its queue alone, and the new one none of it", async () => {
  const api = await startTestApi();
  const folder = newFolder();
  const old = start(
    api,
    folder,
    `const whisperr = createWhisperr({ ...options, ...PATIENT, outbox });
     for (let n = 0; n < 100; n++) whisperr.track("ada", "step_taken", { n });
     whisperr.identify("ada", { traits: { plan: "trial" } });
     await outbox.saved();
     console.log("safe ");
     await told("go");
     whisperr.identify("ada", { traits: { plan: "pro" } });
     await whisperr.shutdown();`,
  );
  await old.printed("safe ");
  const fresh = start(
    api,
    folder,
    `const whisperr = createWhisperr({ ...options, ...PATIENT, outbox });
     console.log("has", outbox.size);
     await told("gone");
     whisperr.track("ada", "step_taken", { n: 100 });
     await whisperr.shutdown();`,
  );
  expect(await fresh.printed("has ")).toBe("0");
  tell(folder, "go");
  expect(await old.ended).toMatchObject({ exit: 0, stderr: "" });
  tell(folder, "gone");
  expect(await fresh.ended).toMatchObject({ exit: 0, stderr: "" });
  expect(numbers(api)).toEqual(upTo(101));
  expect(sendings(api)).toEqual(upTo(101).map(() => 1));
  expect(api.store.users.get("ada")?.traits.plan).toBe("pro");
});

test("what a killed one left goes to one of those that start at once, whole and in order", async () => {
  const api = await startTestApi();
  const folder = newFolder();
  api.setDefault({ kind: "hang" });
  const killed = start(
    api,
    folder,
    `const whisperr = createWhisperr({ ...options, outbox });
     for (let n = 0; n < 1200; n++) whisperr.track("ada", "step_taken", { n });
     await outbox.saved();
     console.log("safe ");
     await told("never");`,
  );
  await killed.printed("safe ");
  // While a request is under way.
  await eventually("it sends", () => api.inFlight() > 0);
  killed.kill("SIGKILL");
  await killed.ended;
  const before = api.requests.length;
  api.setDefault(null);
  const heir = `
    const whisperr = createWhisperr({ ...options, ...PATIENT, outbox });
    console.log("has", outbox.size);
    await told("go");
    await whisperr.shutdown();`;
  const heirs = [1, 1, 1].map((round) => start(api, folder, heir, round));
  const sizes = await Promise.all(heirs.map((one) => one.printed("has ")));
  expect(sizes.sort()).toEqual(["0", "0", "1200"]);
  tell(folder, "go");
  for (const one of heirs) expect(await one.ended).toMatchObject({ exit: 0, stderr: "" });
  expect(numbers(api)).toEqual(upTo(1200));
  // Three batches, and none twice.
  expect(api.requests.length - before).toBe(3);
});

test("one that is killed as it takes over leaves everything to the next", async () => {
  const api = await startTestApi();
  const folder = newFolder();
  api.setDefault({ kind: "hang" });
  for (const round of [0, 1, 2]) {
    const one = start(
      api,
      folder,
      `const whisperr = createWhisperr({ ...options, outbox });
       const from = outbox.size;
       for (let n = from; n < from + 100; n++) whisperr.track("ada", "step_taken", { n });
       await outbox.saved();
       console.log("safe", outbox.size);
       await told("never");`,
      round,
    );
    expect(await one.printed("safe ")).toBe(`${(round + 1) * 100}`);
    one.kill("SIGKILL");
    await one.ended;
  }
  api.setDefault(null);
  const last = start(api, folder, "await createWhisperr({ ...options, outbox }).shutdown();", 3);
  expect(await last.ended).toMatchObject({ exit: 0, stderr: "" });
  expect(numbers(api)).toEqual(upTo(300));
});

test("an identify that is delivered late undoes no newer one of another process", async () => {
  const api = await startTestApi();
  const folder = newFolder();
  const old = start(
    api,
    folder,
    `const whisperr = createWhisperr({ ...options, ...PATIENT, outbox, flushIntervalMs: 3_600_000 });
     whisperr.identify("ada", { traits: { plan: "trial" } });
     await outbox.saved();
     console.log("safe ");
     await told("go");
     await whisperr.flush();
     await outbox.saved();
     await whisperr.shutdown();
     await outbox.saved();`,
  );
  await old.printed("safe ");
  const fresh = start(
    api,
    folder,
    `const whisperr = createWhisperr({ ...options, ...PATIENT, outbox });
     whisperr.identify("ada", { traits: { plan: "pro" } });
     await whisperr.shutdown();
     await outbox.saved();`,
  );
  expect(await fresh.ended).toMatchObject({ exit: 0, stderr: "" });
  expect(api.store.users.get("ada")?.traits.plan).toBe("pro");
  tell(folder, "go");
  expect(await old.ended).toMatchObject({ exit: 0, stderr: "" });
  const plans = api.requests.flatMap(({ identify }) => identify?.traits ?? []);
  expect(plans).toEqual([{ plan: "pro" }, { plan: "trial" }, { plan: "pro" }]);
  expect(api.store.users.get("ada")?.traits.plan).toBe("pro");
});
