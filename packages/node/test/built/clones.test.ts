/** Processes that go on from the same image, as a snapshot of V8's heap makes them: each event has an id of its own. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { PROCESS_LIMIT_MS } from "../child-process.ts";

const run = promisify(execFile);

/** What a snapshot is made of is one file, in which only Node's own modules can be required. */
async function programOf(before: string): Promise<string> {
  const sdk = await readFile(new URL("../../dist/index.cjs", import.meta.url), "utf8");
  return `
    const module = { exports: {} };
    ((module, exports) => {${sdk}\n})(module, module.exports);
    const ids = [];
    const whisperr = module.exports.createWhisperr({
      apiKey: "wrk_of_the_test",
      flushIntervalMs: 0,
      exitTimeoutMs: 0,
      async fetch(_url, { body }) {
        for (const { context, event_type } of JSON.parse(body).events)
          if (event_type === "after") ids.push(context.$message_id);
        return new Response("{}", { status: 202 });
      },
    });
    ${before}
    require("node:v8").startupSnapshot.setDeserializeMainFunction(async () => {
      for (let i = 0; i < 3; i++) whisperr.track("ada", "after");
      await whisperr.flush();
      console.log(JSON.stringify(ids));
    });
  `;
}

test.each([
  ["before its first event", ""],
  ["after its first event", `whisperr.track("ada", "before");`],
])("a client that was cloned %s gives no id twice", { timeout: PROCESS_LIMIT_MS }, async (_when, before) => {
  const folder = await mkdtemp(join(tmpdir(), "whisperr-clones-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [program, image] = [join(folder, "program.cjs"), join(folder, "image.blob")];
  await writeFile(program, await programOf(before));
  await run(process.execPath, ["--snapshot-blob", image, "--build-snapshot", program]);

  const clones = await Promise.all([1, 2].map(() => run(process.execPath, ["--snapshot-blob", image])));
  const ids = clones.flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
  expect(ids).toHaveLength(6);
  expect(new Set(ids).size).toBe(6);
});
