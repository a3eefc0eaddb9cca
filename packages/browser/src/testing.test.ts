/** The client for an app's tests, as an app's tests use it: on a page, and without one. */
import { beforeEach, describe, expect, expectTypeOf, test, vi } from "vitest";
import { assertIdentified, assertTracked, createTestWhisperr, matchers } from "./testing.ts";

interface Events {
  payment_failed: { amount_cents: number };
  signed_in: Record<never, never>;
}

/** What would be stored, or heard, if the client did so. */
const page = { stored: new Map<string, string>(), listeners: vi.fn(), fetch: vi.fn() };

function openPage(): void {
  const { stored } = page;
  const storage = {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, text: string) => void stored.set(key, text),
    removeItem: (key: string) => void stored.delete(key),
  };
  const target = { addEventListener: page.listeners, removeEventListener() {} };
  vi.stubGlobal("window", { ...target, localStorage: storage, sessionStorage: storage });
  vi.stubGlobal("document", { ...target, visibilityState: "hidden", title: "Shop", referrer: "" });
  vi.stubGlobal("location", { href: "https://shop.test/cart", pathname: "/cart", hash: "" });
  vi.stubGlobal("navigator", { language: "en" });
  vi.stubGlobal("history", { pushState: () => {}, replaceState: () => {} });
}

describe.each([true, false])("with a page: %s", (hasPage) => {
  beforeEach(() => {
    page.stored.clear();
    page.listeners.mockClear();
    page.fetch.mockClear();
    vi.stubGlobal("fetch", page.fetch);
    vi.useFakeTimers();
    if (hasPage) openPage();
  });

  test("knows at once what was tracked and identified, and leaves nothing behind", async () => {
    const whisperr = createTestWhisperr<Events>();
    whisperr.track("signed_in");
    whisperr.identify("ada", { email: "ada@example.com", traits: { plan: "pro" } });
    whisperr.track("payment_failed", { amount_cents: 4900 });

    const [failed] = whisperr.tracked("payment_failed");
    expectTypeOf(failed?.properties.amount_cents).toEqualTypeOf<number | undefined>();
    expect(failed).toMatchObject({ userId: "ada", properties: { amount_cents: 4900 } });
    expect(failed?.context).toEqual(
      hasPage ? expect.objectContaining({ page: expect.objectContaining({ path: "/cart" }) }) : {},
    );
    const [first] = whisperr.tracked();
    expect(first).toMatchObject({ event: "signed_in", userId: undefined, anonymousId: expect.any(String) });
    assertTracked(whisperr, "payment_failed", { amount_cents: 4900 });
    assertIdentified(whisperr, "ada", { traits: { plan: "pro" } });
    expect(matchers.toHaveTracked(whisperr, "signed_out")).toMatchObject({ pass: false });
    expect(whisperr.timeline("ada")).toHaveLength(2);
    expect(await whisperr.flush()).toEqual({ delivered: 3, dropped: 0, pending: 0 });
    expect(vi.getTimerCount()).toBe(0);
    expect(page.fetch).not.toHaveBeenCalled();
    expect([page.stored.size, page.listeners.mock.calls]).toEqual([0, []]);
    await whisperr.shutdown();
    expect(() => whisperr.track("signed_in")).toThrow("came after shutdown()");
  });

  test("is a new one each time, and clear() makes another visitor of it", () => {
    const whisperr = createTestWhisperr();
    expect(createTestWhisperr()).not.toBe(whisperr);
    whisperr.identify("ada");
    whisperr.setPushToken("token");
    whisperr.optOut();
    whisperr.clear();
    whisperr.track("signed_in");
    expect([whisperr.identified(), whisperr.tracked()]).toMatchObject([[], [{ userId: undefined }]]);
  });

  test("a bad call fails the test, with the message that the real client reports", () => {
    const whisperr = createTestWhisperr();
    expect(() => whisperr.track("Signed In" as string)).toThrow(
      /^Whisperr: track\("Signed In"\) was dropped: .*lowercase_snake_case/,
    );
    expect(() => whisperr.identify("")).toThrow("the user id must be");
    expect(() => whisperr.setPushToken("token", { kind: "pigeon" })).toThrow(
      /^Whisperr: setPushToken\(\) was dropped/,
    );
    expect(() => createTestWhisperr({ anonymousEvents: "keep" as never })).toThrow("anonymousEvents");
    const heard = vi.fn();
    createTestWhisperr({ onError: heard }).track("Signed In" as string);
    expect(heard).toHaveBeenCalledOnce();
  });

  test("an event that waits for its user is told once there is one", () => {
    const whisperr = createTestWhisperr({ anonymousEvents: "hold" });
    whisperr.track("signed_in");
    expect(whisperr.tracked()).toEqual([]);
    whisperr.identify("ada");
    expect(whisperr.tracked()).toMatchObject([{ event: "signed_in", userId: "ada" }]);
    void whisperr.reset();
    whisperr.track("signed_out");
    void whisperr.reset();
    whisperr.optOut();
    expect(whisperr.tracked()).toHaveLength(1);
  });
});

describe("on a page", () => {
  beforeEach(openPage);

  test("nothing that another test has stored, nor a user who opted out, changes anything", () => {
    page.stored.set("whisperr.optout", "1");
    const whisperr = createTestWhisperr();
    whisperr.track("signed_in");
    expect(whisperr.tracked()).toHaveLength(1);
    page.stored.clear();
  });

  test("page views are recorded where they are asked for, until shutdown()", async () => {
    const { pushState } = history;
    const whisperr = createTestWhisperr({ pageViews: true });
    expect(whisperr.tracked("page_viewed")).toMatchObject([{ context: { page: { title: "Shop" } } }]);
    vi.stubGlobal("location", { href: "https://shop.test/paid", pathname: "/paid", hash: "" });
    history.pushState({}, "", "/paid");
    whisperr.track("order_placed");
    expect(whisperr.tracked().map(({ event }) => event)).toEqual([
      "page_viewed",
      "page_viewed",
      "order_placed",
    ]);
    await whisperr.shutdown();
    expect(history.pushState).toBe(pushState);
    const silent = createTestWhisperr();
    silent.page({ plan: "pro" });
    expect(silent.tracked("page_viewed")).toMatchObject([{ properties: { plan: "pro" } }]);
  });
});
