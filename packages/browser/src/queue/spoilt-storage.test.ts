/** Whatever stands in the storage: nothing throws, and what the page records is delivered. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { PageStorage } from "../../test/page-storage.ts";
import { createWhisperr, type Whisperr } from "../create-whisperr.ts";
import { storagePrefix } from "../storage/storage.ts";

const KEY = "wrk_test";
const QUEUE = "0mx2q93nr9cbaa0";
const RECORD = `q.${QUEUE}.000000`;

const EVENT = {
  kind: "track",
  userId: "ada",
  event: "old",
  atMs: 1_796_010_502_717,
  idPrefix: "c7c741c4-f5f9-4ade-af25-",
  idNumber: 5,
  properties: "{}",
  context: "{}",
};
const CHANNEL = { channel: "push", address: "t1", opted_in: true };
const BODY = { external_user_id: "ada", anonymous_id: "v", traits: {}, channels: [CHANNEL] };
const STATEMENT = { ...CHANNEL, userId: "ada", isQueued: true };
const WHO = {
  anonymousId: "v",
  userId: "ada",
  pushToken: CHANNEL,
  said: [STATEMENT],
  resets: 1,
  denied: false,
};
const NOTE = {
  after: [RECORD],
  said: [[`q.${QUEUE}.000001`, JSON.stringify(BODY), 0]],
};

/** One of each type of JSON, and a few that are nearly right. */
const ANY = [null, 5, -1e300, true, "", "text", [], {}, [null], [5], [[]], [{}], { length: 1 }, { 0: "{" }];

/** The same with anything in the place of each value in it, one at a time. */
function* spoilt(value: unknown): Generator<unknown> {
  yield* ANY;
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value))
    for (const other of [undefined, ...spoilt(inner)]) {
      const changed = Array.isArray(value) ? [...value] : { ...value };
      (changed as { [name: string]: unknown })[name] = other;
      yield changed;
    }
}

const texts = (value: object) => [...spoilt(value)].map((one) => JSON.stringify(one));
const identify = (body: unknown) => JSON.stringify({ kind: "identify", body });
const saying = (body: unknown) => JSON.stringify({ ...NOTE, said: [["q.0.0", body]] });

const STORED: [what: string, key: string, texts: readonly string[]][] = [
  ["an event", RECORD, texts(EVENT)],
  ["an event that waits", RECORD, texts({ ...EVENT, userId: undefined, anonymousId: "v", held: true })],
  ["an identify", RECORD, texts({ kind: "identify", body: "{}" })],
  ["the body of an identify", RECORD, texts(BODY).map(identify)],
  ["a note of requests", `f.${QUEUE}`, [...texts([]), `5 ${RECORD} -`, "- -", `1e400 ${RECORD}`]],
  ["a note of identifies", "n.ada", texts(NOTE)],
  ["a note of another user", "n.bob", texts(NOTE)],
  ["what is noted of identifies", "n.ada", texts(BODY).map(saying)],
  ["what is noted of another user", "n.bob", texts(BODY).map(saying)],
  ["a lock", `c.${QUEUE}`, texts([])],
  ["a removed record", `g.${RECORD}`, texts([])],
  ["who the user is", "id", texts(WHO)],
  ["the session", "session", [...texts([]), "9999999999999.", "."]],
];

let store: PageStorage;
let sent: string[];
let made: Whisperr[];

function open(): Whisperr {
  vi.stubGlobal(
    "window",
    Object.assign(new EventTarget(), { localStorage: store, sessionStorage: new PageStorage() }),
  );
  const client = createWhisperr({
    apiKey: KEY,
    flushIntervalMs: 0,
    pageViews: false,
    fetch: async (_url, { body }) => {
      const { events = [], ...user } = JSON.parse(body) as { events?: { event_type: string }[] };
      sent.push(...(events[0] ? events.map((one) => one.event_type) : [JSON.stringify(user)]));
      return new Response("{}", { status: 202 });
    },
    onError: () => {},
  });
  made.push(client);
  return client;
}

const leave = () => Promise.all(made.splice(0).map((client) => client.shutdown({ timeoutMs: 0 })));

beforeEach(() => {
  made = [];
  vi.stubGlobal("document", Object.assign(new EventTarget(), { visibilityState: "visible", title: "" }));
  const request = async (_name: string, _how: unknown, granted: (lock: object) => unknown) => granted({});
  vi.stubGlobal("navigator", { language: "de-DE", locks: { request } });
  vi.stubGlobal("location", { href: "https://shop.test/", pathname: "/", protocol: "https:", hash: "" });
  vi.stubGlobal("history", { pushState: () => {}, replaceState: () => {} });
});
afterEach(async () => {
  await leave();
  vi.unstubAllGlobals();
});

describe("spoilt", () => {
  test.each(STORED)("%s", async (_what, key, all) => {
    const failed: unknown[] = [];
    const note = (error: unknown) => void failed.push(error);
    process.on("unhandledRejection", note);
    for (const text of new Set(all)) {
      [store, sent] = [new PageStorage(), []];
      store[storagePrefix(KEY) + key] = text;
      const client = open();
      client.track("first");
      client.identify("ada", { traits: { plan: "pro" } });
      client.track("second");
      await client.flush();
      await new Promise(setImmediate);

      const { accepted, delivered, dropped, pending } = client.stats();
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
      const isOut = text.includes("optedOut");
      if (!isOut) expect(sent, text).toEqual(expect.arrayContaining(["first", "second"]));
      if (!isOut) expect(sent.join(" "), text).toContain('"plan":"pro"');
      expect([delivered + lost, pending], text).toEqual([accepted, 0]);
      expect(failed, text).toEqual([]);
      await leave();
    }
    process.off("unhandledRejection", note);
  });

  test("a record of a page that lives, which has its lock", async () => {
    [store, sent] = [new PageStorage(), []];
    const prefix = storagePrefix(KEY);
    const request = async (name: string, _how: unknown, granted: (lock: object | null) => unknown) =>
      granted(name.includes(QUEUE) ? null : {});
    vi.stubGlobal("navigator", { language: "de-DE", locks: { request } });
    for (const [n, text] of [identify("no json"), identify("null"), ...texts(BODY).map(identify)].entries())
      store[`${prefix}q.${QUEUE}.${n.toString(36).padStart(6, "0")}`] = text;
    store[`${prefix}id`] = JSON.stringify(WHO);
    const client = open();
    client.track("first");
    await client.flush();
    expect(sent).toContain("first");
  });
});
