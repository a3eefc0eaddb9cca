/** What tests of the SQLite outbox share. */
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { QueuedOperation } from "@whisperr/core";
import { onTestFinished, vi } from "vitest";

/** Goes with the test. */
export function newFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "whisperr-sqlite-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export const operation = (n: number) =>
  ({ kind: "identify", body: `{"external_user_id":"ada","traits":{"n":${n}}}` }) as QueuedOperation;

export const contents = (outbox: { readonly size: number; at(index: number): unknown }) =>
  Array.from({ length: outbox.size }, (_, index) => outbox.at(index));

/** What is printed as a warning from now on, instead of printing it. */
export function warnings(): string[] {
  const said: string[] = [];
  const spy = vi.spyOn(console, "warn").mockImplementation((message) => void said.push(String(message)));
  onTestFinished(() => spy.mockRestore());
  return said;
}
