/** The edge SDK's middleware keeps its promises, and a mistake in it would be noticed. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { complaints, ofOneClient, ofRequests } from "./checks.ts";
import { cloudflare, hono, next, nextRequest, onCloudflare, onHono, onNext } from "./deployments.ts";
import { mistakes } from "./mistakes.ts";

// Of the edge package: nothing here depends on Next.js.
vi.mock("../../../../packages/edge/node_modules/next/server.js", () => ({
  after: (promise: Promise<unknown>) => nextRequest.current?.waitUntil(promise),
}));

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test.each([
  ["Cloudflare", ofRequests, onCloudflare(cloudflare)],
  ["Hono", ofRequests, onHono(hono)],
  ["Next.js", ofOneClient, onNext(next)],
])("%s: nothing is wrong", async (_name, checks, deploy) => {
  expect(await complaints(checks, deploy)).toEqual([]);
});

test("Hono, where the runtime has no execution context: nothing is wrong but that nothing is held", async () => {
  const found = await complaints(ofRequests, onHono(hono, false));
  expect(new Set(found)).toEqual(
    new Set([
      "the request is not held",
      "what comes after the response is not held",
      "a request is not held for what it tracked",
    ]),
  );
});

describe("is noticed", () => {
  test.each(mistakes)("$id: $does", async ({ id, deploy, complaint }) => {
    const checks = id.startsWith("next") ? ofOneClient : ofRequests;
    expect((await complaints(checks, deploy)).join("\n")).toMatch(complaint);
  });
});
