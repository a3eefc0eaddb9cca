/** What the two builds make of options that make no sense. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { BrowserOptions, createWhisperr } from "../../src/index.ts";
import { PageStorage } from "../page-storage.ts";

type Sdk = { readonly createWhisperr: typeof createWhisperr };

const load = (file: string): Promise<Sdk> =>
  import(/* @vite-ignore */ new URL(`../../dist/${file}`, import.meta.url).href);

/** None of them is of its type, or in its range. */
const NONSENSE: { readonly [option: string]: unknown } = {
  flushAt: 0,
  flushIntervalMs: Number.NaN,
  maxQueueSize: "1000",
  maxBatchSize: -1,
  maxBatchBytes: {},
  maxRetries: 1.5,
  backoff: "fast",
  requestTimeoutMs: [],
  debug: "yes",
  onError: "log",
  context: [1],
  fetch: "https://example.com",
  persistence: "sessionStorage",
  anonymousEvents: "drop",
  flushAtStart: "no",
  pageViews: "no",
  respectDoNotTrack: 1,
  traitsFromDevice: 0,
  autoContext: 0,
  pageQuery: "yes",
};

const SHARED = Symbol.for("whisperr.browser");

const fetched = vi.fn(async (_url: string, _init: { body: string }) => new Response(null, { status: 202 }));

beforeEach(() => {
  fetched.mockClear();
  vi.stubGlobal("fetch", fetched);
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal(
    "document",
    Object.assign(new EventTarget(), { visibilityState: "visible", title: "", referrer: "" }),
  );
  vi.stubGlobal("location", { href: "https://shop.test/", pathname: "/" });
  vi.stubGlobal("navigator", { language: "en" });
  vi.stubGlobal("history", { pushState() {}, replaceState() {} });
  vi.spyOn(console, "warn").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
  // A page of its own: it has heard of nothing yet.
  vi.stubGlobal(SHARED as unknown as string, undefined);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe.each(["index.js", "index.cjs"])("%s", (file) => {
  test("in production they count as not given: the page goes on, and events are delivered", async () => {
    const { createWhisperr } = await load(file);
    const whisperr = createWhisperr({ apiKey: "wrk_nonsense", ...NONSENSE } as BrowserOptions);
    whisperr.track("plan_viewed", { plan: "pro" });
    whisperr.track("Not A Name" as string);
    const { delivered, dropped } = await whisperr.flush();
    await whisperr.shutdown();

    expect({ delivered, dropped }).toEqual({ delivered: 2, dropped: 0 });
    expect(whisperr.stats().dropped).toMatchObject({ invalid_event_type: 1 });
    expect(fetched.mock.calls.map(([, { body }]) => body).join()).toContain('"event_type":"plan_viewed"');
    // An onError that is none does not keep it from the console.
    expect(console.warn).toHaveBeenCalledWith(expect.stringContaining("the event name (invalid_event_type)"));
  });

  test.each(Object.entries(NONSENSE))(
    "in development %s is named on the console, and the default is taken",
    async (name, value) => {
      const { createWhisperr } = await load(`development/${file}`);
      const whisperr = createWhisperr({ apiKey: "wrk_nonsense", [name]: value });
      whisperr.track("plan_viewed");
      const { accepted } = whisperr.stats();
      await whisperr.shutdown({ timeoutMs: 0 });

      expect(accepted).toBeGreaterThan(0);
      expect(console.error).toHaveBeenCalledExactlyOnceWith(
        expect.stringMatching(
          new RegExp(`^\\[whisperr\\] Default taken\\. Whisperr: ${name} must be .+ \\(got .+\\)\\.$`),
        ),
      );
    },
  );

  test.each(["", "development/"])("%s has no client without a key, and says so", async (folder) => {
    const { createWhisperr } = await load(folder + file);
    for (const apiKey of [undefined, "", "wrk key"]) {
      const whisperr = createWhisperr({ apiKey });
      whisperr.track("plan_viewed");
      expect(whisperr.stats()).toMatchObject({ accepted: 0 });
      expect(console.error).toHaveBeenCalledWith(expect.stringMatching(/Nothing is recorded.*apiKey/));
    }
  });

  test.each(["", "development/"])("%s takes no address that would do harm", async (folder) => {
    const { createWhisperr } = await load(folder + file);
    for (const baseUrl of ["api", "http://a.example"]) {
      const whisperr = createWhisperr({ apiKey: "wrk_nonsense", baseUrl });
      await whisperr.flush();
      await whisperr.shutdown();
    }
    expect(console.error).toHaveBeenCalledWith(expect.stringMatching(/Default taken.*baseUrl must be/));
    expect(console.error).toHaveBeenCalledWith(
      expect.stringMatching(/baseUrl must be https:.*allowInsecureHttp/),
    );
    for (const [url] of fetched.mock.calls) expect(url).toMatch(/^https:\/\/api\.whisperr\.net\//);
  });
});

/** However busy the machine is. */
const PATIENT_MS = 60_000;

/** Those that load a file of their own, or hold one: an import takes its function by the name that the file exports. */
const WITH_PARTS = ["index", "single", "development/index", "development/single"].flatMap((name) => [
  `${name}.js`,
  `${name}.cjs`,
]);

test.each(WITH_PARTS)("%s: where there are no Web Locks, what is stored takes their place", async (file) => {
  const stored = new PageStorage();
  Object.assign(window, { localStorage: stored, sessionStorage: new PageStorage() });
  const { createWhisperr } = await load(file);
  const whisperr = createWhisperr({ apiKey: "wrk_locks" });
  await vi.waitFor(() => expect(Object.keys(stored).join()).toMatch(/\.c\.\w+/), PATIENT_MS);
  await whisperr.shutdown();
});

test.each(WITH_PARTS)("%s: a durable page has its copy", async (file) => {
  const opened = vi.fn();
  vi.stubGlobal("indexedDB", { open: opened });
  Object.assign(window, { localStorage: new PageStorage(), sessionStorage: new PageStorage() });
  const { createWhisperr } = await load(file);
  const whisperr = createWhisperr({ apiKey: "wrk_durable", persistence: "durable" });
  await vi.waitFor(() => expect(opened).toHaveBeenCalled(), PATIENT_MS);
  await whisperr.shutdown({ timeoutMs: 0 });
});
