import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { Result } from "../protocol.ts";
import { type ControlServer, type Session, startControlServer } from "./control-server.ts";

let control: ControlServer | undefined;
afterEach(async () => control?.close());

async function openSession(): Promise<Session> {
  control = await startControlServer();
  return control.openSession();
}

async function next(session: Session): Promise<unknown> {
  const answer = await fetch(`${session.url}/next`);
  return answer.json();
}

/** Resolves with the next command, which answers it. */
async function report(session: Session, result: Result): Promise<unknown> {
  const answer = await fetch(`${session.url}/result`, { method: "POST", body: JSON.stringify(result) });
  return answer.status === 204 ? undefined : answer.json();
}

test("a command goes out whether the driver asked before or after it was given", async () => {
  const session = await openSession();
  const early = next(session);
  const first = session.send({ do: "idle" });
  expect(await early).toEqual({ do: "idle" });
  const following = report(session, { ok: true, value: { inFlight: 0, held: 0 } });
  expect(await first).toEqual({ inFlight: 0, held: 0 });

  const second = session.send({ do: "bye" });
  expect(await following).toEqual({ do: "bye" });
  expect(await report(session, { ok: true, value: null })).toBeUndefined();
  expect(await second).toBeNull();
});

test("a failed command rejects with the driver's words", async () => {
  const session = await openSession();
  const sent = session.send({ do: "hold" });
  await next(session);
  const failed = expect(sent).rejects.toThrow("no such thing");
  void report(session, { ok: false, error: "no such thing" }).catch(() => {});
  await failed;
});

test("a driver that ended fails what is under way and what comes after", async () => {
  const session = await openSession();
  const sent = expect(session.send({ do: "idle" })).rejects.toThrow("it crashed");
  session.end("it crashed");
  await sent;
  await expect(session.send({ do: "idle" })).rejects.toThrow("it crashed");
});

test("a page gets the script of its subject, or the usual one", async () => {
  control = await startControlServer(import.meta.filename);
  const other = join(import.meta.dirname, "control-server.ts");
  const scripts = [control.openSession(), control.openSession(other)].map(async ({ url }) =>
    (await fetch(`${url}/driver.js`)).text(),
  );
  const files = [import.meta.filename, other].map((path) => readFile(path, "utf8"));
  expect(await Promise.all(scripts)).toEqual(await Promise.all(files));
});
