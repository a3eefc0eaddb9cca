/** The outbox in Deno KV: what was queued outlives the process that queued it, whatever ended that. */

import { startTestApi } from "@whisperr/conformance/api/fixture";
import { expect, test } from "vitest";
import { EVENTS, killOnceSafe, newFolder, withOutbox } from "./kv-program.ts";
import { numbers, upTo } from "./numbers.ts";
import { runProgram, startProgram } from "./start-program.ts";

const QUIET_END = { exit: 0, stderr: "" };

test("5,000 events tracked in one go while the API hangs are stored in a moment, and survive SIGKILL", async () => {
  const api = await startTestApi();
  api.setDefault({ kind: "hang" });
  const folder = newFolder();
  const program = startProgram(
    withOutbox(
      api,
      folder,
      `const whisperr = createWhisperr({ ...options, outbox });
       for (let n = 0; n < ${EVENTS}; n++) whisperr.track("ada", "step_taken", { n });
       whisperr.identify("ada", { traits: { about: "ü".repeat(100_000) } });
       const from = performance.now();
       console.log("saved", await outbox.saved(), Math.round(performance.now() - from));
       console.log("safe 5000");
       setInterval(() => {}, 1000);`,
    ),
  );
  const [saved, tookMs] = (await program.printed("saved ")).split(" ");
  expect(saved).toBe("true");
  console.log(`5,000 events and one of 200 kB were stored ${tookMs} ms after the last call`);
  await killOnceSafe(program, EVENTS);
  expect(numbers(api)).toEqual([]);
  api.setDefault(null);

  const ended = await runProgram(
    withOutbox(
      api,
      folder,
      `const whisperr = createWhisperr({ ...options, outbox });
       console.log(JSON.stringify(await whisperr.shutdown()), await outbox.saved(), outbox.size);`,
      1,
    ),
  );
  const stdout = `{"delivered":${EVENTS + 1},"dropped":0,"pending":0} true 0\n`;
  expect(ended).toMatchObject({ ...QUIET_END, stdout });
  expect(numbers(api)).toEqual(upTo(EVENTS));
  expect(api.store.users.get("ada")?.traits.about).toHaveLength(100_000);

  const nothing = await runProgram(withOutbox(api, folder, "console.log(outbox.size);", 2));
  expect(nothing).toMatchObject({ ...QUIET_END, stdout: "0\n" });
});

test("a script that simply ends in an outage keeps everything for the next one", async () => {
  const api = await startTestApi();
  api.setDefault({ kind: "status", status: 503 });
  const folder = newFolder();
  const program = (round: number) =>
    withOutbox(
      api,
      folder,
      `const whisperr = createWhisperr({ ...options, outbox, exitTimeoutMs: 200, onError() {} });
       const first = outbox.size;
       for (let n = 0; n < 30; n++) whisperr.track("ada", "step_taken", { n: first + n });`,
      round,
    );
  expect(await runProgram(program(0))).toMatchObject(QUIET_END);
  expect(numbers(api)).toEqual([]);
  api.setDefault(null);
  expect(await runProgram(program(1))).toMatchObject(QUIET_END);
  expect(numbers(api)).toEqual(upTo(60));
});

test("two processes on one database lose nothing, and the server stores nothing twice", async () => {
  const api = await startTestApi();
  api.setDefault({ kind: "status", status: 503 });
  const folder = newFolder();
  const program = (from: number) =>
    withOutbox(
      api,
      folder,
      `const whisperr = createWhisperr({ ...options, outbox, maxRetries: 1000, backoff: { baseMs: 50, maxMs: 50 } });
       for (let n = ${from}; n < ${from + 100}; n++) whisperr.track("ada", "step_taken", { n });
       await outbox.saved();
       console.log("safe");
       await whisperr.shutdown();`,
    );
  const first = startProgram(program(0));
  await first.printed("safe");
  const second = startProgram(program(100));
  await second.printed("safe");
  api.setDefault(null);
  expect(await first.ended).toMatchObject(QUIET_END);
  expect(await second.ended).toMatchObject(QUIET_END);
  const arrived = numbers(api).map(Number);
  expect(arrived.sort((a, b) => a - b)).toEqual(upTo(200));
  const left = await runProgram(withOutbox(api, folder, "console.log(outbox.size);", 1));
  expect(left).toMatchObject({ ...QUIET_END, stdout: "0\n" });
});

test("a database that was closed costs no event: the queue goes on in memory, and says so once", async () => {
  const api = await startTestApi();
  const ended = await runProgram(
    withOutbox(
      api,
      newFolder(),
      `const whisperr = createWhisperr({ ...options, outbox });
       kv.close();
       for (let n = 0; n < 50; n++) whisperr.track("ada", "step_taken", { n });
       console.log(await outbox.saved());`,
    ),
  );
  expect(ended).toMatchObject({ exit: 0, stdout: "false\n" });
  expect(ended.stderr.match(/Deno KV did not take/g)).toHaveLength(1);
  expect(numbers(api)).toEqual(upTo(50));
});
