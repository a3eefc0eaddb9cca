import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type ControlServer, type ControlServerOptions, startControlServer } from "./control-server.ts";
import type { Session } from "./session.ts";

let control: ControlServer | undefined;
afterEach(async () => control?.close());

async function openSession(options: ControlServerOptions = {}): Promise<Session> {
  control = await startControlServer(options);
  return control.openSession();
}

async function next(session: Session): Promise<unknown> {
  const answer = await fetch(`${session.url}/next`);
  return answer.json();
}

function post(session: Session, body: RequestInit["body"], headers = {}): Promise<Response> {
  return fetch(`${session.url}/result`, { method: "POST", body: body ?? null, headers });
}

/** Resolves with the next command, which answers it. */
async function report(session: Session, result: unknown): Promise<unknown> {
  const answer = await post(session, JSON.stringify(result));
  const text = await answer.text();
  return text === "" ? undefined : JSON.parse(text);
}

const IDLE = { inFlight: 0, held: 0, requests: 0, nextTimerInMs: null };

test("a command goes out whether the driver asked before or after it was given", async () => {
  const session = await openSession();
  const early = next(session);
  const first = session.send({ do: "idle" });
  expect(await early).toEqual({ do: "idle" });
  const following = report(session, { ok: true, value: IDLE });
  expect(await first).toEqual(IDLE);

  const second = session.send({ do: "bye" });
  expect(await following).toEqual({ do: "bye" });
  expect(await report(session, { ok: true, value: null })).toBeUndefined();
  expect(await second).toBeNull();
});

test("a command waits for the driver that asks again after its connection broke", async () => {
  const session = await openSession();
  const { port, pathname } = new URL(session.url);
  const socket = connect(Number(port), "127.0.0.1");
  await new Promise((resolve) =>
    socket.write(`GET ${pathname}/next HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`, resolve),
  );
  // Asked for by the same server, so the broken one was there before.
  void fetch(`${session.url}/page`);
  socket.destroy();
  await once(socket, "close");
  await fetch(`${session.url}/page`);
  const sent = session.send({ do: "hold" });
  expect(await next(session)).toEqual({ do: "hold" });
  void report(session, { ok: true, value: null }).catch(() => {});
  expect(await sent).toBeNull();
});

describe("a driver that cannot do what it is told", () => {
  test.each([
    [{ ok: false, error: "no such thing" }, "no such thing"],
    [{ ok: false }, 'the driver failed at "hold" and does not say why'],
  ])("%j fails the command, and goes on", async (result, words) => {
    const session = await openSession();
    const sent = session.send({ do: "hold" });
    await next(session);
    const failed = expect(sent).rejects.toThrow(words);
    void report(session, result).catch(() => {});
    await failed;
    expect(session.isAnswering()).toBe(true);
  });

  test("nulls stand for what is left out", async () => {
    const session = await openSession();
    const sent = session.send({ do: "idle" });
    await next(session);
    void report(session, { ok: true, value: { ...IDLE, unheard: null } }).catch(() => {});
    expect(await sent).toEqual(IDLE);
  });
});

describe("a driver that does not keep to the protocol is not believed any more", () => {
  const big = `{"ok":true,"value":"${"x".repeat(10_000_000)}"}`;

  test.each<[string, RequestInit["body"], string]>([
    ["a page", "<html><body>Bad gateway</body></html>", "it is not JSON: <html><body>Bad gateway"],
    ["null", "null", 'it is neither { "ok": true'],
    ["a number", "7", 'it is neither { "ok": true'],
    ["an array", "[]", 'it is neither { "ok": true'],
    ["ok as text", '{"ok":"yes"}', 'it is neither { "ok": true'],
    ["an error that is none", '{"ok":false,"error":5}', 'it is neither { "ok": true'],
    ["nothing", "", "it is empty"],
    ["10 MB", big, "it has more than 8388608 bytes"],
    ["bytes that are no text", new Uint8Array([0x7b, 0xff, 0xfe]), "it is not UTF-8"],
  ])("%s", async (_what, body, words) => {
    const session = await openSession();
    const sent = session.send({ do: "idle" });
    await next(session);
    const failed = expect(sent).rejects.toThrow(words);
    const answer = await post(session, body).catch(() => undefined);
    await failed;
    await expect(sent).rejects.toThrow('the driver\'s result of "idle" is no result');
    if (answer) expect([answer.status, await answer.text()]).toEqual([400, ""]);
    expect(session.isAnswering()).toBe(false);
    await expect(session.send({ do: "hold" })).rejects.toThrow(words);
  });

  test.each<[Parameters<Session["send"]>[0], unknown, string]>([
    [{ do: "idle" }, 5, "expected object"],
    [{ do: "idle" }, null, "expected object"],
    [{ do: "idle" }, { inFlight: -1, requests: "many" }, "inFlight: Too small"],
    [
      { do: "observe" },
      { stats: {}, errors: null, output: [1], thrown: [] },
      "errors: Invalid input: expected array",
    ],
    [{ do: "collect", name: "a" }, { state: "over" }, "state: Invalid option"],
    [{ do: "leftovers" }, [], "expected object"],
    [{ do: "create", form: "server", options: {}, nowMs: 0 }, {}, "created: Invalid input: expected boolean"],
  ])("%j answered with %j fails, and says where", async (command, value, words) => {
    const session = await openSession();
    const sent = session.send(command);
    await next(session);
    const failed = expect(sent).rejects.toThrow(words);
    void report(session, { ok: true, value }).catch(() => {});
    await failed;
    await expect(sent).rejects.toThrow(
      `the driver's result of "${command.do}" is no result: its value is not`,
    );
    // It may be the answer to another command: from here on all of them would be one too late.
    expect(session.isAnswering()).toBe(false);
  });

  test("a result cut off in the middle", async () => {
    const session = await openSession();
    const sent = session.send({ do: "idle" });
    await next(session);
    const { port, pathname } = new URL(session.url);
    const socket = connect(Number(port), "127.0.0.1");
    const head = `POST ${pathname}/result HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-length: 100\r\n\r\n`;
    socket.write(`${head}{"ok":`, () => socket.destroy());
    await expect(sent).rejects.toThrow("the connection broke in the middle of it");
    expect(session.isAnswering()).toBe(false);
  });

  test("a result that nobody asked for", async () => {
    const session = await openSession();
    expect((await post(session, '{"ok":true,"value":null}')).status).toBe(400);
    await expect(session.send({ do: "idle" })).rejects.toThrow("although no command was waiting for one");
  });

  test("the same result twice", async () => {
    const session = await openSession();
    const sent = session.send({ do: "hold" });
    await next(session);
    void report(session, { ok: true, value: null }).catch(() => {});
    expect(await sent).toBeNull();
    expect(await report(session, { ok: true, value: null })).toBeUndefined();
    await expect(session.send({ do: "idle" })).rejects.toThrow("although no command was waiting for one");
  });

  test("a result before its command was handed out", async () => {
    const session = await openSession();
    const sent = expect(session.send({ do: "hold" })).rejects.toThrow("although no command was waiting");
    await report(session, { ok: true, value: null });
    await sent;
  });

  test("no result in time", async () => {
    const session = await openSession({ answerLimitMs: 50 });
    const first = session.send({ do: "hold" });
    await next(session);
    // The first answer may take longer, and the next command comes with it.
    const following = report(session, { ok: true, value: null });
    await first;
    const sent = session.send({ do: "hold" });
    expect(await following).toEqual({ do: "hold" });
    await expect(sent).rejects.toThrow('no answer to "hold" within 0.05 s');
    expect(session.isAnswering()).toBe(false);
    expect(await report(session, { ok: true, value: null })).toBeUndefined();
    await expect(session.send({ do: "idle" })).rejects.toThrow('no answer to "hold"');
  });
});

test.each(["//", "/\\", "http://[/", "*", "/nobody/next"])(
  "a driver that asks for %s is told that nothing is there, and can go on",
  async (target) => {
    const session = await openSession();
    const { hostname, port } = new URL(session.url);
    const answered = once(request({ host: hostname, port, path: target }).end(), "response");
    const [{ statusCode }] = (await answered) as [IncomingMessage];
    expect(statusCode).toBe(404);
    const sent = session.send({ do: "hold" });
    expect(await next(session)).toEqual({ do: "hold" });
    void report(session, { ok: true, value: null }).catch(() => {});
    expect(await sent).toBeNull();
  },
);

test("any content type will do for a result", async () => {
  const session = await openSession();
  const sent = session.send({ do: "hold" });
  await next(session);
  void post(session, '{"ok":true,"value":1}', { "content-type": "image/png" }).catch(() => {});
  expect(await sent).toBe(1);
});

test("a driver that ended fails what is under way and what comes after", async () => {
  const session = await openSession();
  const sent = expect(session.send({ do: "idle" })).rejects.toThrow("it crashed");
  session.end("it crashed");
  await sent;
  await expect(session.send({ do: "idle" })).rejects.toThrow("it crashed");
});

describe("a page", () => {
  test("gets the script of its subject", async () => {
    control = await startControlServer();
    const { url } = control.openSession(import.meta.filename);
    const script = await (await fetch(`${url}/driver.js`)).text();
    expect(script).toBe(await readFile(import.meta.filename, "utf8"));
    expect((await fetch(`${control.openSession().url}/driver.js`)).status).toBe(404);
  });

  test("whose script is not there fails its case", async () => {
    control = await startControlServer();
    const session = control.openSession("/nowhere/driver.js");
    const sent = expect(session.send({ do: "idle" })).rejects.toThrow("the page's script is not there");
    expect((await fetch(`${session.url}/driver.js`)).status).toBe(400);
    await sent;
  });
});

describe("nobody else reaches a session", () => {
  /** What a request gets that says it comes from there. */
  async function statusFor(url: string, headers: Record<string, string>): Promise<number | undefined> {
    const [answer] = (await once(request(url, { headers }).end(), "response")) as [IncomingMessage];
    answer.resume();
    return answer.statusCode;
  }

  test("its address cannot be guessed", async () => {
    const session = await openSession();
    const [, id = ""] = new URL(session.url).pathname.split("/");
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(control?.openSession().url).not.toBe(session.url);
    expect(await statusFor(`${control?.origin}/session-1/next`, {})).toBe(404);
    expect(await statusFor(`${control?.origin}/${id.replace(/^./, "x")}/page`, {})).toBe(404);
  });

  test("not a page from elsewhere, and not under another name", async () => {
    const { url } = await openSession();
    const origin = control?.origin ?? "";
    const host = new URL(url).host;
    expect(await statusFor(`${url}/page`, { origin })).toBe(200);
    expect(await statusFor(`${url}/page`, { host: host.replace("127.0.0.1", "localhost") })).toBe(200);
    expect(await statusFor(`${url}/page`, { origin: "https://evil.example" })).toBe(403);
    expect(await statusFor(`${url}/page`, { origin: "null" })).toBe(403);
    expect(await statusFor(`${url}/page`, { host: "evil.example" })).toBe(403);
  });
});
