import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createWhisperr, type Whisperr } from "./create-whisperr.ts";
import type { BrowserOptions } from "./options.ts";

/** Just enough of a page, with its storage blocked and nothing answering. */
function openPage(): void {
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal(
    "document",
    Object.assign(new EventTarget(), { visibilityState: "visible", title: "", referrer: "" }),
  );
  vi.stubGlobal("location", { href: "https://shop.test/", pathname: "/" });
  vi.stubGlobal("navigator", { language: "en" });
  vi.stubGlobal("history", { pushState: () => {}, replaceState: () => {} });
}

const options: BrowserOptions = {
  apiKey: "wrk_test",
  persistence: "memory",
  flushIntervalMs: 0,
  fetch: () => new Promise(() => {}),
  onError: () => {},
};

describe("the client of a page", () => {
  let made: Whisperr[] = [];
  const create = (more: BrowserOptions = {}) => {
    const client = createWhisperr({ ...options, ...more });
    made.push(client);
    return client;
  };

  beforeEach(openPage);
  afterEach(async () => {
    for (const client of made) await client.shutdown({ timeoutMs: 0 });
    made = [];
    vi.unstubAllGlobals();
  });

  it("says once in a test run that it would send to production; none with an address or a fetch of its own does", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    create({ baseUrl: "http://127.0.0.1:1", fetch: undefined });
    create({ apiKey: "wrk_second" });
    expect(warn.mock.calls).toEqual([]);
    for (const apiKey of ["wrk_third", "wrk_fourth"]) create({ apiKey, fetch: undefined });
    expect(warn.mock.calls).toEqual([
      [
        expect.stringMatching(
          /^\[whisperr\] This is a test run, .*createTestWhisperr\(\) of @whisperr\/browser\/testing/,
        ),
      ],
    ]);
  });

  it("opts out and in with every client of the page, whatever its key", async () => {
    const [first, second] = [create({ onError: undefined }), create({ apiKey: "wrk_second" })];
    first.optOut();
    second.track("thing_done");
    expect(second.stats().dropped).toMatchObject({ opted_out: 2 });
    second.optIn();
    first.track("thing_done");
    expect(first.stats().pending).toBe(1);
    await first.shutdown({ timeoutMs: 0 });
    first.optOut();
    second.track("thing_done");
    expect(second.stats().dropped).toMatchObject({ opted_out: 3 });
  });

  it("records one view where the app's beforeSend tidies the address", () => {
    const beforeSend = vi.fn((event) => {
      history.replaceState(null, "", location.pathname);
      return event;
    });
    create({ beforeSend });
    expect(beforeSend).toHaveBeenCalledTimes(1);
  });

  it("says each option that there is none of", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    create({ autocapturePageviews: false, backoff: { base: 1 } } as never);
    expect(warn.mock.calls.flat()).toEqual([
      '[whisperr] createWhisperr() has no option "autocapturePageviews": write pageViews.',
      '[whisperr] backoff has no option "base": write baseMs.',
    ]);
  });

  it("is another one after shutdown(), and a second shutdown() of the first changes nothing for it", async () => {
    const first = create();
    expect(create()).toBe(first);
    await first.shutdown({ timeoutMs: 0 });
    const second = create();
    expect(second).not.toBe(first);
    await first.shutdown();
    expect(create()).toBe(second);
  });

  it("is its own beside a copy of another version, which came first", () => {
    const other = { version: 0, clients: new Map([["wrk_test", "of another version"]]) };
    vi.stubGlobal(Symbol.for("whisperr.browser") as unknown as string, other);
    const client = create();
    expect(client.stats()).toMatchObject({ accepted: 1 });
    expect(create()).toBe(client);
    expect(other.clients.size).toBe(1);
  });

  it("says once which options of a second call it ignores, and nothing where they are the same", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    create({ onError: () => {}, backoff: { baseMs: 5 } });
    create({ onError: () => {}, backoff: { baseMs: 5 }, debug: undefined });
    expect(warn).not.toHaveBeenCalled();

    for (let time = 0; time < 2; time++) create({ beforeSend: () => null, pageQuery: true });
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/ignored: beforeSend, pageQuery\. .*first createWhisperr/)],
    ]);
    warn.mockRestore();
  });

  it.each(["Gecko", "ReactNative"])("says once, where there is no page but %s, what to take", (product) => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    vi.unstubAllGlobals();
    vi.stubGlobal(Symbol.for("whisperr.browser") as unknown as string, undefined);
    vi.stubGlobal("navigator", { language: "en", product });
    for (let time = 0; time < 2; time++) create().track("plan_viewed");
    expect(said.mock.calls).toEqual([
      [expect.stringMatching(/Nothing is recorded.*@whisperr\/browser\/worker; React Native has no package/)],
    ]);
    said.mockRestore();
  });

  it("can be asked for in the beforeSend of the first page view", () => {
    const asked: unknown[] = [];
    const client = create({
      beforeSend(event) {
        asked.push(createWhisperr(options));
        return event;
      },
    });
    expect(asked).toEqual([client]);
    expect(client.stats()).toMatchObject({ accepted: 1, pending: 1 });
  });

  it("is there before the app hears of a blocked storage", async () => {
    const heard: unknown[] = [];
    const client = create({
      persistence: "localStorage",
      pageViews: false,
      onError: ({ reason }) => void heard.push(reason, createWhisperr(options)),
    });
    await Promise.resolve();
    expect(heard).toEqual(["storage_failed", client]);
  });
});

describe("options that make no sense", () => {
  let said: string[];
  const create = (more: object | null, isPage = true) => {
    if (isPage) openPage();
    const made = createWhisperr(more as BrowserOptions);
    const { accepted } = stats(made);
    void made.shutdown({ timeoutMs: 0 });
    return { isDisabled: accepted === 0, said };
  };
  const stats = (client: Whisperr) => {
    client.track("signed_up");
    return client.stats();
  };

  beforeEach(() => {
    said = [];
    vi.spyOn(console, "error").mockImplementation((message) => void said.push(message));
    vi.stubGlobal(Symbol.for("whisperr.browser") as unknown as string, undefined);
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it.each([true, false])(
    "without a key nothing is recorded and nothing thrown, which is said once (page: %s)",
    (isPage) => {
      for (const more of [{}, { apiKey: "" }, { apiKey: " " }, { apiKey: null }])
        expect(create({ ...options, apiKey: undefined, ...more }, isPage).isDisabled).toBe(true);
      expect(said).toEqual([
        expect.stringMatching(/Nothing is recorded.*apiKey is missing.*WHISPERR_API_KEY/),
      ]);
    },
  );

  it.each<[string, object | null, RegExp]>([
    ["a key that is none", { apiKey: "wrk key" }, /apiKey must be/],
    ["null in place of options", null, /must be an object/],
    ["text in place of options", Object("wrk_test"), /apiKey is missing/],
    [
      "an option that cannot be read",
      {
        get apiKey() {
          throw new Error("not here");
        },
      },
      /not here/,
    ],
    [
      "what throws something unreadable",
      {
        get apiKey() {
          throw null;
        },
      },
      /Nothing is recorded/,
    ],
  ])("%s: nothing is recorded", (_what, more, message) => {
    expect(create(more)).toEqual({ isDisabled: true, said: [expect.stringMatching(message)] });
  });

  it("of any other the default is taken, and each is named", () => {
    const wrong = {
      flushAt: 0,
      backoff: { baseMs: -1, maxMs: "x" },
      pageViews: "no",
      context: 7,
      baseUrl: "api",
    };
    expect(create({ ...options, ...wrong })).toEqual({
      isDisabled: false,
      said: ["flushAt", "backoff.baseMs", "baseUrl", "pageViews", "context"].map((name) =>
        expect.stringMatching(new RegExp(`^\\[whisperr\\] Default taken. Whisperr: ${name} must be`)),
      ),
    });
  });

  it("an empty baseUrl is the default one", () => {
    expect(create({ ...options, baseUrl: "" })).toEqual({ isDisabled: false, said: [] });
  });
});

describe("half a document, as servers that render pages have it", () => {
  afterEach(() => void vi.unstubAllGlobals());

  it.each([
    ["a document that does nothing", () => vi.stubGlobal("document", {})],
    ["a document without a window", () => vi.stubGlobal("window", undefined)],
    ["a window that does nothing", () => vi.stubGlobal("window", {})],
    ["no location", () => vi.stubGlobal("location", undefined)],
    ["a document that is null", () => vi.stubGlobal("document", null)],
  ])("%s: the client does nothing, and nothing throws", async (_what, change) => {
    openPage();
    change();
    const client = createWhisperr(options);
    client.track("signed_up");
    expect(client.stats()).toMatchObject({ accepted: 0 });
    await client.flush();
  });
});
