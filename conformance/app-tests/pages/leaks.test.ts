/** Nothing of one test is seen by the next. In this order. */
import { createTestWhisperr } from "@whisperr/browser/testing";
import { afterEach, describe, expect, test } from "vitest";

const requests: unknown[] = [];
globalThis.fetch = async (...call) => {
  requests.push(call);
  return new Response(null, { status: 202 });
};

afterEach(() => {
  expect([localStorage.length, sessionStorage.length, requests]).toEqual([0, 0, []]);
});

describe("a test", () => {
  test("that identifies, opts out and goes to another page", async () => {
    const whisperr = createTestWhisperr();
    whisperr.track("shop_visited");
    whisperr.identify("user_8842", { email: "ada@example.com" });
    history.pushState({}, "", "/cart");
    dispatchEvent(new Event("pagehide"));
    expect(whisperr.tracked().map(({ event }) => event)).toEqual(["shop_visited"]);
    expect(await whisperr.flush()).toMatchObject({ delivered: 2 });
    whisperr.optOut();
  });

  test("and another one, which knows of none of it", () => {
    const whisperr = createTestWhisperr({ pageViews: true });
    whisperr.track("shop_visited");
    expect(whisperr.tracked()).toMatchObject([
      { event: "page_viewed", context: { page: { path: "/cart" } } },
      { event: "shop_visited", userId: undefined, anonymousId: expect.any(String) },
    ]);
    history.pushState({}, "", "/paid");
    whisperr.identify("user_8842");
    expect(whisperr.tracked("page_viewed")).toHaveLength(2);
    return whisperr.shutdown();
  });
});
