import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PageStorage } from "../test/page-storage.ts";
import { createWhisperr, type SlimOptions, type Whisperr } from "./slim.ts";
import { recordKey } from "./storage/keys.ts";
import { storagePrefix } from "./storage/storage.ts";

interface Body {
  readonly events?: readonly Record<string, unknown>[];
  readonly external_user_id?: string;
  readonly channels?: unknown;
  readonly traits?: unknown;
}

describe("the slim client", () => {
  let store: PageStorage;
  let sent: Body[];
  let made: Whisperr[];

  beforeEach(() => {
    store = new PageStorage();
    sent = [];
    made = [];
    vi.stubGlobal("window", new EventTarget());
    vi.stubGlobal(
      "document",
      Object.assign(new EventTarget(), { visibilityState: "visible", title: "Shop" }),
    );
    // A page that may be the only one: every lock can be had.
    const request = async (_name: string, _options: unknown, granted: (lock: object) => unknown) =>
      granted({});
    vi.stubGlobal("navigator", { language: "de-DE", doNotTrack: "1", locks: { request } });
    vi.stubGlobal("location", { href: "https://shop.test/", pathname: "/" });
  });
  afterEach(async () => {
    await leave();
    vi.unstubAllGlobals();
  });

  /** A page of its own, whose stored texts outlive it. */
  function open(more: SlimOptions = {}): Whisperr {
    vi.stubGlobal(
      "window",
      Object.assign(new EventTarget(), { localStorage: store, sessionStorage: new PageStorage() }),
    );
    const client = createWhisperr({
      apiKey: "wrk_test",
      flushIntervalMs: 0,
      fetch: async (_url, { body }) => {
        sent.push(JSON.parse(body) as Body);
        return new Response("{}", { status: 202 });
      },
      onError: (error) => expect(error).toBeUndefined(),
      ...more,
    });
    made.push(client);
    return client;
  }

  async function leave(): Promise<void> {
    for (const client of made.splice(0)) await client.shutdown({ timeoutMs: 0 });
  }

  const events = () => sent.flatMap(({ events = [] }) => events);

  it("has the calls of the main entry's but those for push tokens", () => {
    expect(Object.keys(open()).sort()).toEqual([
      "flush",
      "identify",
      "optIn",
      "optOut",
      "page",
      "reset",
      "shutdown",
      "stats",
      "track",
    ]);
  });

  it("delivers what the app gives, and adds nothing of its own", async () => {
    const whisperr = open();
    whisperr.track("plan_viewed", { plan: "pro" }, { ab: 1 });
    whisperr.identify("ada", { pushToken: "t1" });
    whisperr.identify("ada", { pushToken: "t1" });
    whisperr.page();
    expect(await whisperr.flush()).toEqual({ delivered: 4, dropped: 0, pending: 0 });

    const [viewed, page] = events();
    expect(viewed).toMatchObject({ event_type: "plan_viewed", properties: { plan: "pro" } });
    expect(viewed?.context).toEqual({ $message_id: expect.any(String), ab: 1 });
    expect(page).toMatchObject({ event_type: "page_viewed", external_user_id: "ada" });
    const channels = [{ channel: "push", address: "t1", opted_in: true }];
    expect(sent.filter(({ channels }) => channels)).toMatchObject([
      { external_user_id: "ada", anonymous_id: viewed?.anonymous_id, channels },
      { external_user_id: "ada", channels },
    ]);
    expect(sent.some(({ traits }) => traits)).toBe(false);
  });

  it("knows its user and its opt-out on the next page", async () => {
    open().identify("ada");
    await leave();
    const next = open();
    next.track("order_placed");
    await next.flush();
    expect(events()).toMatchObject([{ external_user_id: "ada" }]);

    next.optOut();
    await leave();
    const last = open({ onError: undefined });
    last.track("order_placed");
    await last.flush();
    expect(last.stats()).toMatchObject({ accepted: 1, dropped: { opted_out: 1 } });
    expect(events()).toHaveLength(1);
  });

  it("sends as its visitor's what the main entry held back before it", async () => {
    const held = {
      kind: "track",
      anonymousId: "visitor-1",
      held: true,
      event: "plan_viewed",
      atMs: Date.now(),
      idPrefix: "f7a1c2e0-4b3d-4f6a-9c1e-",
      idNumber: 1,
      properties: "{}",
      context: "{}",
    };
    const key = storagePrefix("wrk_test") + recordKey("000000000aaaaaa", 0);
    store[key] = JSON.stringify(held);

    await open().flush();
    expect(events()).toMatchObject([{ event_type: "plan_viewed", anonymous_id: "visitor-1" }]);
  });

  it.each<[string, object | null, boolean]>([
    ["respectDoNotTrack needs @whisperr/browser", { respectDoNotTrack: true }, false],
    ["persistence must be localStorage or memory", { persistence: "durable" }, true],
    ["must be an object", null, false],
  ])("says: %s", (message, options, isMade) => {
    const error = vi.spyOn(console, "error").mockReturnValue();
    const client = createWhisperr((options && { apiKey: "wrk_misuse", ...options }) as SlimOptions);
    made.push(client);
    client.track("seen");
    expect(client.stats().accepted > 0).toBe(isMade);
    expect(error).toHaveBeenCalledWith(expect.stringContaining(message));
    error.mockRestore();
  });
});
