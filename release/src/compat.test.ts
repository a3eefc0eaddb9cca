/** `@whisperr/browser/compat` beside `@whisperr/web` 0.2 as it was published: the same calls, and what the API gets of them. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { runInThisContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

/** What both have. */
interface Api {
  identify(userId: string | undefined, params?: object): void;
  track(event: string | undefined, properties?: object, context?: object): void;
  page(name?: string, properties?: object): void;
  flush(): Promise<void>;
  reset(): void;
  optIn(): void;
  optOut(): void;
  readonly ready: boolean;
}
interface Sdk {
  readonly Whisperr: { init(options: object): Api; readonly instance: Api | null };
}

const SDKS = { before: "outside-web", now: "@whisperr/browser/compat" };

const require = createRequire(import.meta.url);

type Wire = Record<string, unknown>;

let sent: Wire[];
let storage: Map<string, string>;

/** A page of another origin, with nothing on it yet. */
function openPage(): void {
  const texts = new Map<string, string>();
  storage = texts;
  sent = [];
  const methods = {
    getItem: (key: string) => texts.get(key) ?? null,
    setItem: (key: string, text: string) => void texts.set(key, text),
    removeItem: (key: string) => void texts.delete(key),
  };
  const received = sent;
  vi.stubGlobal("window", Object.assign(new EventTarget(), { localStorage: methods }));
  vi.stubGlobal(
    "document",
    Object.assign(new EventTarget(), { visibilityState: "visible", title: "Shop", referrer: "" }),
  );
  vi.stubGlobal("location", { href: "https://shop.test/", pathname: "/", hash: "", protocol: "https:" });
  vi.stubGlobal("navigator", { language: "en-GB", product: "Gecko" });
  vi.stubGlobal("history", { pushState() {}, replaceState() {} });
  vi.stubGlobal("whisperr", undefined);
  vi.stubGlobal(Symbol.for("whisperr.browser") as unknown as string, undefined);
  vi.stubGlobal("fetch", async (_url: string, { body }: { body: string }) => {
    const { events, ...identify } = JSON.parse(body) as { events?: Wire[] };
    received.push(...(events ?? [identify]));
    return new Response('{"accepted":1,"rejected":0}', { status: 202 });
  });
}

beforeEach(() => {
  openPage();
  vi.spyOn(console, "warn").mockReturnValue();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Each page loads it anew. */
async function load(name: keyof typeof SDKS): Promise<Sdk> {
  const file = require.resolve(SDKS[name]);
  delete require.cache[file];
  return require(file) as Sdk;
}

/** What the API got, without what is new each time: visitors by the order in which they came. */
async function wireOf(name: keyof typeof SDKS, use: (api: Api) => void, more: object = {}): Promise<Wire[]> {
  const { Whisperr } = await load(name);
  const api = Whisperr.init({ apiKey: "wrk_test", autocapturePageviews: false, ...more });
  use(api);
  await api.flush();
  const visitors: unknown[] = [];
  return sent.map(({ occurred_at: _at, context, anonymous_id: id, ...rest }) => {
    if (id !== undefined && !visitors.includes(id)) visitors.push(id);
    const {
      $message_id: _id,
      page: _page,
      session_id: _session,
      library: _library,
      ...own
    } = (context ?? {}) as Wire;
    const { locale: _locale, user_agent: _agent, ...asked } = own;
    return { ...rest, ...(id !== undefined && { visitor: visitors.indexOf(id) }), asked };
  });
}

const CALLS: Record<string, (api: Api) => void> = {
  "a visit": (api) => {
    api.track("plan_viewed", { plan: "pro" });
    api.page("Pricing", { plan: "pro" });
    api.page();
  },
  "a user": (api) => {
    api.identify("ada", {
      email: "ada@example.com",
      phone: "+4412",
      traits: { plan: "pro", timezone: "UTC" },
    });
    api.track("bought", { amount_cents: 4900 }, { campaign: "june" });
  },
  channels: (api) =>
    api.identify("ada", {
      preferredChannel: "sms",
      channels: [
        { type: "email", address: "ada@example.com", optedIn: false },
        { type: "sms", address: "+4412", verified: true },
      ],
    }),
  "names with blanks around them": (api) => api.track("  bought "),
  "nothing that was asked for": (api) => {
    api.track(undefined);
    api.track("Not A Name");
    api.identify(undefined);
  },
  "somebody who opted out": (api) => {
    api.track("bought");
    api.optOut();
    api.track("seen");
  },
};

describe("the API gets the same from both", () => {
  test.each(Object.entries(CALLS))("of %s", async (_what, use) => {
    const before = await wireOf("before", use);
    openPage();
    const now = await wireOf("now", use);
    expect(now).toEqual(before);
  });
});

describe("the old API", () => {
  test("is a singleton, on the window as well, and says once where the guide is", async () => {
    const { Whisperr } = await load("now");
    expect(Whisperr.instance).toBeNull();
    const api = Whisperr.init({ apiKey: "wrk_test", autocapturePageviews: false });
    expect(Whisperr.init({ apiKey: "wrk_other" })).toBe(api);
    expect(Whisperr.instance).toBe(api);
    expect((globalThis as { whisperr?: unknown }).whisperr).toBe(api);
    expect(api.ready).toBe(true);
    expect(await api.flush()).toBeUndefined();
    // Beside it, that a client of a test run would send to production.
    const guides = vi
      .mocked(console.warn)
      .mock.calls.filter(([text]) => String(text).includes("migrating.md"));
    expect(guides).toEqual([[expect.stringMatching(/^\[whisperr\] .*docs\/migrating\.md$/)]]);
  });

  test.each([
    ["for somebody who had opted out", () => storage.set("whisperr.optout", "1"), {}],
    ["disabled", () => {}, { disabled: true }],
    ["on a server", () => vi.stubGlobal("document", undefined), {}],
  ])("is not ready %s", async (_where, prepare, options) => {
    prepare();
    if (_where === "on a server") vi.stubGlobal("navigator", {});
    const { Whisperr } = await load("now");
    const api = Whisperr.init({ apiKey: "wrk_test", ...options });
    api.track("seen");
    await api.flush();
    expect(api.ready).toBe(false);
    expect(sent).toEqual([]);
  });

  test("records page views unless autocapturePageviews is false", async () => {
    expect(await wireOf("now", () => {}, { autocapturePageviews: true })).toHaveLength(1);
  });

  test("replays what the first lines of a page with load() have kept", async () => {
    const script = readFileSync(
      require.resolve("@whisperr/browser/package.json").replace("package.json", "dist/compat.iife.js"),
      "utf8",
    );
    const stub = Object.assign([["track", "seen", { n: 1 }], ["flush"]], {
      _key: "wrk_test",
      _opts: { autocapturePageviews: false },
    });
    vi.stubGlobal("whisperr", stub);
    Object.assign(window, { whisperr: stub });
    runInThisContext(script);
    const api = (globalThis as unknown as { whisperr: Api & { load(key: string): Api } }).whisperr;
    expect(api.load("wrk_test")).toBe(api);
    await api.flush();
    expect(sent.map(({ event_type }) => event_type)).toEqual(["seen"]);
  });
});
