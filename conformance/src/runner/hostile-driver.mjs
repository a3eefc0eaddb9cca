/**
 * A driver without an SDK, for tests: it does as it should until a case asks it, in the options of its client, to
 * misbehave. Plain JavaScript over sockets: what it sends is not tidied up on the way.
 */
import { request } from "node:http";
import { connect } from "node:net";

const [control] = process.argv.slice(2);

const ANSWERS = {
  create: { created: true },
  idle: { inFlight: 0, held: 0, requests: 0, nextTimerInMs: null },
  observe: { stats: null, errors: [], output: [], thrown: [] },
  collect: { state: "fulfilled", value: null },
  leftovers: { timers: 0, listeners: 0 },
};

/** Where it makes a request before each answer to `idle`, without end. */
let target;

for (let text = ""; ; ) {
  if (text === "") {
    text = await exchange("GET", "/next");
    continue;
  }
  const command = JSON.parse(text);
  const value = ANSWERS[command.do] ?? null;
  if (command.do === "idle" && target) await exchange("POST", "/v1/identify", "{}", target);
  text =
    (await misbehave(command)) ?? (await exchange("POST", "/result", JSON.stringify({ ok: true, value })));
}

/** Answers what the runner said to it; undefined when all is as it should be. */
async function misbehave({ options = {} }) {
  const { baseUrl, post, behave, creation } = options;
  if (creation !== undefined)
    return exchange(
      "POST",
      "/result",
      JSON.stringify({ ok: true, value: { created: false, error: creation } }),
    );
  if (post !== undefined) return exchange("POST", "/result", Buffer.from(post, "latin1"));
  if (behave === "twice") {
    const good = JSON.stringify({ ok: true, value: { created: true } });
    void exchange("POST", "/result", good);
    return exchange("POST", "/result", good);
  }
  if (behave === "ticks") ANSWERS.idle.nextTimerInMs = 1;
  if (behave === "sends") {
    target = baseUrl;
    ANSWERS.idle.inFlight = 1;
  }
  if (behave === "cut") return cut();
  if (behave === "hang") for (;;);
  if (behave === "flood") for (const line = "all is well\n".repeat(10_000); ; ) await written(line);
  if (behave === "exit") {
    await written("\u001b[2J\u001b[32mAll that ran passed\u001b[0m\u0000\r\n");
    process.exit(3);
  }
  return undefined;
}

function written(text) {
  return new Promise((resolve) => process.stdout.write(text, resolve));
}

function exchange(method, path, body = "", base = control) {
  return new Promise((resolve) => {
    const outgoing = request(base + path, { method }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      answer.on("end", () => resolve(text)).on("error", () => resolve(""));
    });
    outgoing.on("error", () => resolve("")).end(body);
  });
}

function cut() {
  const { port, host, pathname } = new URL(control);
  const head = `POST ${pathname}/result HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 100\r\n\r\n{"ok":`;
  return new Promise((resolve) => {
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(head, () => socket.destroy()));
    socket.on("close", () => resolve(""));
  });
}
