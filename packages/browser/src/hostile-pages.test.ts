/** A page whose globals were taken away, replaced, or throw: no call throws into the app, and delivery goes on. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BUILT_IN, refused, thrownWithout } from "../../core/test/hostile-host.ts";
import { imbalance } from "../../core/test/imbalance.ts";
import { PageStorage } from "../test/page-storage.ts";
import { WhisperrClient } from "./compat.ts";
import { createWhisperr, type Whisperr } from "./create-whisperr.ts";
import { installGlobal, type PageGlobal } from "./script/global.ts";
import { createWhisperr as createSlim } from "./slim.ts";

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

let names: string[];
let errors: { readonly type: string }[];

beforeEach(() => {
  [names, errors, thrown] = [[], [], []];
  vi.spyOn(console, "warn").mockImplementation(() => {});
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

const OPTIONS = {
  apiKey: "wrk_test",
  onError: (error: { readonly type: string }) => void errors.push(error),
  async fetch(_url: string, { body }: { readonly body: string }) {
    const { events = [] } = JSON.parse(body) as { events?: { event_type: string }[] };
    names.push(...events.map(({ event_type }) => event_type));
    return { status: 202, headers: new Headers(), text: async () => "{}" };
  },
};

/** What an app has of any of the entries: not all have every call. */
type App = Partial<Whisperr> & Pick<Whisperr, "track" | "flush">;

/** What stands on the page beforehand; and what makes a client. */
const ENTRIES: [entry: string, prepare: () => () => App][] = [
  ["@whisperr/browser", () => () => createWhisperr(OPTIONS)],
  ["@whisperr/browser/slim", () => () => createSlim(OPTIONS)],
  ["@whisperr/browser/compat", () => () => new WhisperrClient(OPTIONS) as unknown as App],
  [
    "the script tag",
    () => {
      const page: PageGlobal = {};
      installGlobal(page, createWhisperr as never);
      return () => {
        (page.createWhisperr as typeof createWhisperr)(OPTIONS);
        return page as unknown as App;
      };
    },
  ],
];

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

const CALLS: ((app: App) => unknown)[] = [
  (app) => app.track("meanwhile", { amount: 1 }),
  (app) => app.identify?.("user_8842", { email: "ada@example.com" }),
  (app) => app.setPushToken?.("token"),
  (app) => app.setPushPermission?.("denied"),
  (app) => app.page?.(),
  (app) => app.stats?.(),
  (app) => app.flush(),
  (app) => app.flush({ timeoutMs: 100 }),
  (app) => app.reset?.(),
  (app) => app.optOut?.(),
  (app) => app.optIn?.(),
];

/** Lets promises go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const turn = () => vi.advanceTimersByTimeAsync(1000);

function callAll(app: App): void {
  for (const call of CALLS) attempt(() => call(app));
}

/** All is as it was: what comes now is delivered. */
async function expectDelivery(app: App): Promise<void> {
  await turn();
  app.optIn?.();
  app.track("after");
  let isOver = false;
  void app.flush().then(() => {
    isOver = true;
  });
  while (!isOver) await turn();

  expect(thrown).toEqual([]);
  expect(names).toContain("after");
  if (app.stats)
    expect({ pending: app.stats().pending, off: imbalance(app.stats()) }).toEqual({ pending: 0, off: 0 });
  void app.shutdown?.({ timeoutMs: 0 });
}

test.each(HOSTILE)("%s: nothing is thrown, and delivery goes on", async (_name, sabotage) => {
  const app = createWhisperr(OPTIONS);
  const { window: win, document: doc } = globalThis;
  await turn();
  app.track("before");
  sabotage();
  callAll(app);
  fire(doc, "visibilitychange");
  fire(win, "pagehide");
  fire(win, "pageshow");
  fire(win, "online");
  callAll(app);
  for (let round = 0; round < 5; round++) {
    await settle();
    attempt(() => vi.advanceTimersByTime(5000));
  }
  restore();
  await expectDelivery(app);
});

/** Without them a page looks like a server that renders it. */
const NO_PAGE = ["document is gone", "window is gone", "location is gone", "navigator is gone"];

describe.each(ENTRIES)("%s", (_entry, prepare) => {
  test.each(BUILT_IN)("%s that throws: no call does", async (...builtIn) => {
    const app = prepare()();
    await turn();
    thrown = thrownWithout(
      builtIn,
      CALLS.map((call) => () => call(app)),
    );
    await expectDelivery(app);
  });

  test.each(BUILT_IN)("%s that throws from the start: nothing does", async (...builtIn) => {
    const create = prepare();
    let app: App | undefined;
    thrown = thrownWithout(builtIn, [
      () => {
        app = create();
      },
    ]);
    app?.track("after");
    await turn();
    expect(thrown).toEqual([]);
  });

  test.each(HOSTILE)("%s from the start: nothing is thrown, and delivery goes on", async (name, sabotage) => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const create = prepare();
    let app: App | undefined;
    sabotage();
    attempt(() => {
      app = create();
    });
    if (app) callAll(app);
    await settle();
    attempt(() => vi.advanceTimersByTime(5000));
    await settle();
    restore();
    expect(thrown).toEqual([]);
    if (NO_PAGE.includes(name)) expect(app?.stats?.().accepted ?? 0).toBe(0);
    else {
      expect(said.mock.calls).toEqual([]);
      await expectDelivery(app as App);
    }
    said.mockRestore();
  });
});
