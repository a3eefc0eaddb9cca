/** A page whose globals were taken away, replaced, or throw: no call throws into the app, and delivery goes on. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createWhisperr, type Whisperr } from "./create-whisperr.ts";

const refused = (): never => {
  throw new Error("refused");
};

/** What puts things back as they were. */
let undo: (() => void)[] = [];

function change(target: object, name: PropertyKey, how: PropertyDescriptor): void {
  const before = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { ...how, configurable: true });
  undo.push(() => {
    if (before) Object.defineProperty(target, name, before);
    else delete (target as { [name: PropertyKey]: unknown })[name];
  });
}

/** Whoever reads it is thrown at. */
const poison = (target: object, name: PropertyKey) => change(target, name, { get: refused });
const replace = (target: object, name: PropertyKey, value: unknown) =>
  change(target, name, { value, writable: true });

function restore(): void {
  const all = undo;
  undo = [];
  for (const back of all.reverse()) back();
}

/** What calls and listeners threw. */
let thrown: unknown[];

/** As browsers have them: what a listener throws is nobody's, and is noted. */
class PageTarget extends EventTarget {
  readonly listeners: [string, () => void][] = [];
  override addEventListener(type: string, listener: (event: Event) => void): void {
    this.listeners.push([type, () => listener(new Event(type))]);
  }
  override removeEventListener(): void {}
}

function fire(target: object, type: string): void {
  for (const [name, listener] of (target as PageTarget).listeners) if (name === type) attempt(listener);
}

function attempt(call: () => unknown): void {
  try {
    call();
  } catch (error) {
    thrown[thrown.length] = error;
  }
}

class PageStorage {
  getItem(key: string): string | null {
    return (this as unknown as { [key: string]: string })[key] ?? null;
  }
  setItem(key: string, text: string): void {
    (this as unknown as { [key: string]: string })[key] = text;
  }
  removeItem(key: string): void {
    delete (this as unknown as { [key: string]: string })[key];
  }
}

let names: string[];
let errors: { readonly type: string }[];

beforeEach(() => {
  [names, errors, thrown] = [[], [], []];
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.stubGlobal(
    "window",
    Object.assign(new PageTarget(), { localStorage: new PageStorage(), sessionStorage: new PageStorage() }),
  );
  vi.stubGlobal(
    "document",
    Object.assign(new PageTarget(), { visibilityState: "visible", title: "", referrer: "" }),
  );
  vi.stubGlobal("location", {
    href: "https://shop.test/",
    pathname: "/",
    protocol: "https:",
    hash: "",
  });
  vi.stubGlobal("navigator", {
    language: "en",
    locks: {
      request: async (name: string, _how: object, granted: (lock: object) => unknown) => granted({ name }),
    },
  });
  vi.stubGlobal("history", { pushState: () => {}, replaceState: () => {} });
  vi.stubGlobal(Symbol.for("whisperr.browser") as unknown as string, undefined);
});
afterEach(() => {
  restore();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const create = (): Whisperr =>
  createWhisperr({
    apiKey: "wrk_test",
    onError: (error) => void errors.push(error),
    async fetch(_url, { body }) {
      const { events = [] } = JSON.parse(body) as { events?: { event_type: string }[] };
      names.push(...events.map(({ event_type }) => event_type));
      return { status: 202, headers: new Headers(), text: async () => "{}" };
    },
  });

const NO_NUMBERS = [Number.NaN, 1e20, "soon", 5n];

const HOSTILE: [string, () => void][] = [
  ["document.visibilityState throws", () => poison(document, "visibilityState")],
  ["document.prerendering throws", () => poison(document, "prerendering")],
  ["document.title throws", () => poison(document, "title")],
  ["document.referrer throws", () => poison(document, "referrer")],
  ["location.href throws", () => poison(location, "href")],
  ["location is gone", () => replace(globalThis, "location", undefined)],
  ["document is gone", () => replace(globalThis, "document", undefined)],
  ["window is gone", () => replace(globalThis, "window", undefined)],
  ["navigator is gone", () => replace(globalThis, "navigator", undefined)],
  ["navigator.language throws", () => poison(navigator, "language")],
  ["navigator.language is no text", () => replace(navigator, "language", Symbol("en"))],
  ["localStorage.getItem throws", () => replace(window.localStorage, "getItem", refused)],
  ["localStorage.setItem throws", () => replace(window.localStorage, "setItem", refused)],
  ["localStorage.removeItem throws", () => replace(window.localStorage, "removeItem", refused)],
  ["localStorage.getItem gives numbers", () => replace(window.localStorage, "getItem", () => 7)],
  ["localStorage.getItem gives objects", () => replace(window.localStorage, "getItem", () => ({}))],
  ["localStorage.getItem gives the same for all", () => replace(window.localStorage, "getItem", () => "{}")],
  ["window.localStorage throws", () => poison(window, "localStorage")],
  ["crypto is gone", () => replace(globalThis, "crypto", undefined)],
  ["crypto throws", () => poison(globalThis, "crypto")],
  ["crypto.getRandomValues throws", () => replace(crypto, "getRandomValues", refused)],
  ["Math.random throws", () => replace(Math, "random", refused)],
  ["performance throws", () => poison(globalThis, "performance")],
  ["queueMicrotask is gone", () => replace(globalThis, "queueMicrotask", undefined)],
  // An element called Zone has none.
  ["Zone is an element", () => replace(globalThis, "Zone", { root: "" })],
  ["setTimeout throws", () => replace(globalThis, "setTimeout", refused)],
  ["clearTimeout throws", () => replace(globalThis, "clearTimeout", refused)],
  ["AbortController throws", () => replace(globalThis, "AbortController", refused)],
  ["TextEncoder is gone", () => replace(globalThis, "TextEncoder", undefined)],
  ["TextDecoder throws", () => replace(globalThis, "TextDecoder", refused)],
  ["Intl is gone", () => replace(globalThis, "Intl", undefined)],
  ["console is gone", () => replace(globalThis, "console", undefined)],
  ["history is gone", () => replace(globalThis, "history", undefined)],
  ["removeEventListener throws", () => replace(PageTarget.prototype, "removeEventListener", refused)],
  ["addEventListener throws", () => replace(PageTarget.prototype, "addEventListener", refused)],
  ["history.pushState throws", () => replace(history, "pushState", refused)],
  ["Date.now throws", () => replace(Date, "now", refused)],
  ...NO_NUMBERS.map((time): [string, () => void] => [
    `Date.now() is ${String(time)}`,
    () => replace(Date, "now", () => time),
  ]),
];

/** Of the language itself. Nobody can go on with some of them; once they are back, the client does. */
const LANGUAGE: [string, object, string][] = [
  ["JSON.stringify", JSON, "stringify"],
  ["JSON.parse", JSON, "parse"],
  ["Object.keys", Object, "keys"],
  ["Object.entries", Object, "entries"],
  ["Object.assign", Object, "assign"],
  ["Object.fromEntries", Object, "fromEntries"],
  ["Object.getPrototypeOf", Object, "getPrototypeOf"],
  ["Array.prototype.push", Array.prototype, "push"],
  ["Array.prototype.splice", Array.prototype, "splice"],
  ["Array.prototype.shift", Array.prototype, "shift"],
  ["Array.prototype.map", Array.prototype, "map"],
  ["Array.prototype.filter", Array.prototype, "filter"],
  ["Array.prototype.some", Array.prototype, "some"],
  ["Array.prototype.includes", Array.prototype, "includes"],
  ["Array.prototype.sort", Array.prototype, "sort"],
  ["Array.prototype.flatMap", Array.prototype, "flatMap"],
  ["Array.prototype.join", Array.prototype, "join"],
  ["String.prototype.replace", String.prototype, "replace"],
  ["String.prototype.split", String.prototype, "split"],
  ["String.prototype.slice", String.prototype, "slice"],
  ["String.prototype.startsWith", String.prototype, "startsWith"],
  ["String.prototype.padStart", String.prototype, "padStart"],
  ["RegExp.prototype.test", RegExp.prototype, "test"],
  ["RegExp.prototype.exec", RegExp.prototype, "exec"],
  ["Map.prototype.get", Map.prototype, "get"],
  ["Map.prototype.set", Map.prototype, "set"],
  ["Set.prototype.has", Set.prototype, "has"],
  ["Set.prototype.add", Set.prototype, "add"],
  ["Promise.prototype.then", Promise.prototype, "then"],
  ["Number.isInteger", Number, "isInteger"],
  ["Number.parseInt", Number, "parseInt"],
  ["Math.min", Math, "min"],
  ["Math.max", Math, "max"],
];

const CALLS: [string, (client: Whisperr) => unknown][] = [
  ["track", (client) => client.track("meanwhile", { amount: 1 })],
  ["identify", (client) => client.identify("user_8842", { email: "ada@example.com" })],
  ["setPushToken", (client) => client.setPushToken("token")],
  ["setPushPermission", (client) => client.setPushPermission("denied")],
  ["page", (client) => client.page()],
  ["stats", (client) => client.stats()],
  ["flush", (client) => client.flush()],
  ["flush with a deadline", (client) => client.flush({ timeoutMs: 100 })],
  ["reset", (client) => client.reset()],
  ["optOut", (client) => client.optOut()],
  ["optIn", (client) => client.optIn()],
];

/** Lets promises go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const turn = () => vi.advanceTimersByTimeAsync(1000);

function callAll(client: Whisperr): void {
  for (const [, call] of CALLS) attempt(() => call(client));
}

function expectBalance(client: Whisperr): void {
  const { accepted, delivered, dropped, pending } = client.stats();
  const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  expect(delivered + lost + pending).toBe(accepted);
}

/** All is as it was: what comes now is delivered. */
async function expectDelivery(client: Whisperr): Promise<void> {
  await turn();
  client.optIn();
  client.track("after");
  let result: object | undefined;
  void client.flush().then((flushed) => {
    result = flushed;
  });
  while (!result) await vi.advanceTimersByTimeAsync(1000);

  expect(thrown).toEqual([]);
  expect(result).toMatchObject({ pending: 0 });
  expect(names).toContain("after");
  expectBalance(client);
  await client.shutdown({ timeoutMs: 0 });
}

test.each(HOSTILE)("%s: nothing is thrown, and delivery goes on", async (_name, sabotage) => {
  const client = create();
  const { window: win, document: doc } = globalThis;
  await turn();
  client.track("before");
  sabotage();
  callAll(client);
  fire(doc, "visibilitychange");
  fire(win, "pagehide");
  fire(win, "pageshow");
  fire(win, "online");
  callAll(client);
  for (let round = 0; round < 5; round++) {
    await settle();
    attempt(() => vi.advanceTimersByTime(5000));
  }
  restore();
  await expectDelivery(client);
});

test.each(LANGUAGE)("%s that throws: no call does", async (_name, target, method) => {
  const client = create();
  await turn();
  const own = target as { [name: string]: unknown };
  const original = own[method];
  own[method] = refused;
  callAll(client);
  own[method] = original;
  await expectDelivery(client);
});

/** Without them a page looks like a server that renders it. */
const NO_PAGE = ["document is gone", "window is gone", "location is gone", "navigator is gone"];

test.each(HOSTILE)("%s from the start: nothing is thrown, and delivery goes on", async (name, sabotage) => {
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  let client: Whisperr | undefined;
  sabotage();
  attempt(() => {
    client = create();
  });
  if (client) callAll(client);
  await settle();
  attempt(() => vi.advanceTimersByTime(5000));
  await settle();
  restore();
  expect(thrown).toEqual([]);
  if (NO_PAGE.includes(name)) expect(client?.stats().accepted).toBe(0);
  else {
    expect(said.mock.calls).toEqual([]);
    await expectDelivery(client as Whisperr);
  }
  said.mockRestore();
});
