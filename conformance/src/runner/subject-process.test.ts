import { expect, test } from "vitest";
import { startControlServer } from "./control-server.ts";
import { startProcess } from "./subject-process.ts";

test("a subject lives in a time zone where local time cannot be taken for UTC, and finds no key", async () => {
  const control = await startControlServer();
  const program =
    "console.log(new Date('2026-06-14T12:00:00Z').toString(), JSON.stringify(process.env.WHISPERR_API_KEY))";
  const subject = { command: process.execPath, args: ["-e", program, "--"] };
  const child = startProcess(subject, import.meta.dirname, control, "virtual");

  expect(await child.exited(20_000)).toBe(0);
  expect(child.output()).toMatch(/^Mon Jun 15 2026 00:45:00 GMT\+1245 .* ""\n$/);
  await control.close();
});
