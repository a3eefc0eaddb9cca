import { expect, test } from "vitest";
import { nowhere } from "../storage/storage.ts";
import type { Page } from "./page.ts";
import { KEEPALIVE_BYTES, maxBodyBytes, send, WORTHWHILE_BYTES } from "./sending.ts";
import { newShared } from "./shared.ts";

const LEASE_MS = 5000;

/** A page that stays, and what its link takes for a body. */
function pageOn(link: (bytes: number) => number) {
  let nowMs = 0;
  const page = {
    storage: nowhere,
    note: "",
    shared: newShared(),
    nowMs: () => nowMs,
    isHidden: () => false,
    isHere: true,
    frail: 0,
    sinceMs: 0,
    awaited: [],
    leaseMs: LEASE_MS,
    bodyBytes: KEEPALIVE_BYTES,
    fetch: (_url: string, { body }: { body: string }) => {
      const tookMs = link(body.length);
      nowMs += tookMs;
      return tookMs < 10_000 ? Promise.resolve({ status: 202 }) : Promise.reject(new Error("too slow"));
    },
  } as unknown as Page;
  /** Sends that much; resolves with what the next body may have. */
  async function after(bytes: number): Promise<number> {
    await send(page, "/", { body: "x".repeat(bytes) } as never).catch(() => {});
    return Math.floor(maxBodyBytes(page));
  }
  return { page, after };
}

test("a page begins with a body that outlives it", () => {
  expect(maxBodyBytes(pageOn(() => 0).page)).toBe(KEEPALIVE_BYTES);
});

test("a quick link gets four times as much next time, and a slow one what it takes in half a lease", async () => {
  expect(await pageOn(() => 0).after(60_000)).toBe(240_000);
  const slow = pageOn((bytes) => bytes / 50);
  expect([await slow.after(60_000), await slow.after(125_000)]).toEqual([125_000, 125_000]);
});

test("a page behind one that was left in the middle of a request may be left, too, and gets no more at a time", async () => {
  const { page, after } = pageOn(() => 10);
  page.awaited = [{ note: "f.other", last: "q.other.000000", isLeft: true, leftMs: 1 }];
  page.sinceMs = -2000;
  expect(await after(60_000)).toBe(KEEPALIVE_BYTES);
  page.sinceMs = -4000;
  expect(await after(60_000)).toBe(240_000);
});

test("a small body, and one that waited for the server, say nothing against the link", async () => {
  expect(await pageOn(() => 300).after(1000)).toBe(KEEPALIVE_BYTES);
  expect(await pageOn(() => 9000).after(60_000)).toBe(KEEPALIVE_BYTES);
});

test("after a body without an answer there is less, and then more again", async () => {
  const { after } = pageOn((bytes) => bytes / 4);
  expect([await after(60_000), await after(15_000)]).toEqual([WORTHWHILE_BYTES, WORTHWHILE_BYTES]);
  let isBroken = true;
  const broken = pageOn(() => (isBroken ? 10_000 : 0));
  await broken.after(60_000);
  isBroken = false;
  expect(await broken.after(15_000)).toBe(60_000);
});

test("a clock that was set back in between makes no body endless", async () => {
  expect(await pageOn(() => -3_600_000).after(60_000)).toBe(240_000);
});
