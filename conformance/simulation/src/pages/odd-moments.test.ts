/** Calls and events at moments when nobody expects them, on simulated pages. */
import type { WhisperrError } from "@whisperr/core";
import { expect, test } from "vitest";
import type { BrowserOptions } from "../../../../packages/browser/src/options.ts";
import { type Browser, simulatedBrowser } from "./simulated-browser.ts";

function browserWith(options: BrowserOptions = {}, seed = 1): Browser {
  const settings = {
    seed,
    options,
    hasLocks: true,
    storageDelayMs: 0,
    latencyMs: [5, 5],
    isStrict: true,
  } as const;
  return simulatedBrowser(settings, () => {});
}

const DAY_MS = 86_400_000;

let numbers = 0;
/** The witness wants to know of every operation. */
function note(browser: Browser, page: ReturnType<Browser["open"]>): number {
  const number = ++numbers;
  const { visit } = page;
  browser.witness.record({ number, page, visit, isPoison: false, owner: undefined, isRefused: false });
  return number;
}

function track(browser: Browser, page: ReturnType<Browser["open"]>): number {
  const number = note(browser, page);
  page.client.track("seen", { n: number });
  return number;
}

function identify(browser: Browser, page: ReturnType<Browser["open"]>, more: object): void {
  page.client.identify("ada", { ...more, traits: { n: note(browser, page) } });
}

const arrived = (browser: Browser) => [...browser.api.stored.keys()];

test("an app that opts the user out as it hears of a full storage has nothing left over", async () => {
  const onError = ({ reason }: WhisperrError) => reason === "storage_failed" && page.client.optOut();
  const browser = browserWith({ onError: (error) => void onError(error) });
  const page = browser.open(1, browser.storage.openProcess());
  await browser.advance(100);
  browser.storage.isFull = true;
  track(browser, page);
  await browser.advance(100);
  browser.storage.isFull = false;
  page.client.optIn();
  const number = track(browser, page);
  const flushed = page.client.flush();
  await browser.advance(100);

  expect(arrived(browser)).toEqual([number]);
  expect(await flushed).toEqual({ delivered: 1, dropped: 0, pending: 0 });
  // What the optOut() discarded is told too, once its own onError is over.
  expect(page.errors.map(({ reason }) => reason)).toEqual(["storage_failed", "opted_out"]);
});

test("events that wait outlive an app that empties its storage", async () => {
  const browser = browserWith();
  const process = browser.storage.openProcess();
  const page = browser.open(1, process);
  await browser.advance(100);
  browser.setOffline(true);
  const numbers = [track(browser, page), track(browser, page)];
  browser.storage.empty();
  numbers.push(track(browser, page));
  await browser.advance(10);
  await page.leave(false);

  browser.setOffline(false);
  browser.open(1, process);
  await browser.advance(20_000);
  expect(arrived(browser)).toEqual(numbers);
});

/** A page that was frozen with an event that waits, and another one that lives. Not every page can be frozen in time. */
async function frozenPage() {
  for (let seed = 1; ; seed++) {
    const browser = browserWith({}, seed);
    const process = browser.storage.openProcess();
    const page = browser.open(1, process);
    const other = browser.open(2, browser.storage.openProcess());
    await browser.advance(100);
    browser.setOffline(true);
    const number = track(browser, page);
    await page.leave(true);
    await browser.advance(100);
    if (page.isFrozen) return { browser, process, page, other, number };
  }
}

test("what others delivered while a page was frozen does not come back with it", async () => {
  const { browser, process, page, number } = await frozenPage();
  browser.setOffline(false);
  const next = browser.open(1, process);
  await browser.advance(20_000);
  expect(arrived(browser)).toEqual([number]);

  page.thaw();
  await page.leave(false);
  await browser.advance(10);
  await next.leave(false);
  browser.open(1, process);
  await browser.advance(20_000);
  expect(browser.api.arrivedAgain).toBe(0);
});

test("a page that was frozen while the user opted out sends nothing when it comes back", async () => {
  const { browser, page, other } = await frozenPage();
  other.client.optOut();
  browser.setOffline(false);
  await browser.advance(100);
  page.thaw();
  await browser.advance(30_000);

  expect(arrived(browser)).toEqual([]);
  expect(page.client.stats()).toMatchObject({ pending: 0 });
});

test("an app that opts the user out as it hears of a spoilt record sends none of the others", async () => {
  const onError = ({ reason }: WhisperrError) => reason === "corrupt" && next.client.optOut();
  const browser = browserWith({ onError: (error) => void onError(error) });
  const process = browser.storage.openProcess();
  const page = browser.open(1, process);
  await browser.advance(100);
  browser.setOffline(true);
  track(browser, page);
  await page.leave(false);
  const [record = ""] = [...browser.storage.records.keys()].filter((key) => key.startsWith("q."));
  process.openPage(() => {}).change(`${record}0`, "spoilt");

  browser.setOffline(false);
  const next = browser.open(1, process);
  await browser.advance(20_000);
  expect(next.client.stats()).toMatchObject({ dropped: { corrupt: 1, opted_out: 1 }, pending: 0 });
  expect(arrived(browser)).toEqual([]);
});

test.each([true, false])(
  "who has logged out stays so when the app then empties its storage (%s)",
  async (hears) => {
    const browser = browserWith();
    const process = browser.storage.openProcess();
    const [one, two] = [browser.open(1, process), browser.open(2, process)];
    one.client.identify("ada", { traits: { n: 0 } });
    browser.witness.record({
      number: 0,
      page: one,
      visit: 1,
      isPoison: false,
      owner: undefined,
      isRefused: false,
    });
    await browser.advance(100);
    track(browser, two);
    void one.client.reset();
    browser.storage.empty();
    // Before it hears of the reset, or after.
    if (hears) await browser.advance(10);
    track(browser, two);
    await browser.advance(10);
    const numbers = [track(browser, one), track(browser, two)];
    await browser.advance(20_000);
    for (const number of numbers)
      expect(browser.api.stored.get(number)?.json.external_user_id).toBeUndefined();
  },
);

test("an opt-out is remembered although the storage is full", async () => {
  const browser = browserWith();
  const process = browser.storage.openProcess();
  const page = browser.open(1, process);
  track(browser, page);
  await browser.advance(20_000);
  browser.storage.isFull = true;
  page.client.optOut();
  await page.leave(false);
  await browser.advance(100);

  const next = browser.open(1, process);
  track(browser, next);
  await browser.advance(20_000);
  expect(next.client.stats()).toMatchObject({ accepted: 1, dropped: { opted_out: 1 } });
});

test("a browser that answers no lock request keeps nothing back for long", async () => {
  const browser = browserWith();
  browser.locks.isSilent = true;
  const process = browser.storage.openProcess();
  const tab = new Map<string, string>();
  const page = browser.open(1, process, tab);
  const left = track(browser, page);
  await page.leave(false);
  const next = browser.open(1, process, tab);
  const number = track(browser, next);
  await browser.advance(30_000);
  expect(arrived(browser)).toEqual([left, number]);

  await next.client.shutdown();
  expect(next.client.stats().pending).toBe(0);
});

test("a page that gets no answer about locks takes nothing from others that may live", async () => {
  const browser = browserWith();
  browser.setOffline(true);
  const other = browser.open(1, browser.storage.openProcess());
  await browser.advance(100);
  const kept = track(browser, other);
  browser.locks.isSilent = true;
  const page = browser.open(2, browser.storage.openProcess());
  const number = track(browser, page);
  await browser.advance(30_000);
  expect([other.client.stats().pending, page.client.stats().pending]).toEqual([1, 1]);

  browser.setOffline(false);
  await browser.advance(30_000);
  expect(arrived(browser).sort()).toEqual([kept, number]);
  expect(browser.api.arrivedAgain).toBe(0);
});

test("what nobody delivered for 30 days is dropped by the next page, an identify too, and reported", async () => {
  const browser = browserWith();
  const process = browser.storage.openProcess();
  const page = browser.open(1, process);
  await browser.advance(100);
  browser.setOffline(true);
  track(browser, page);
  identify(browser, page, { email: "ada@example.com" });
  await page.leave(false);
  browser.time.jump(29 * DAY_MS);
  const later = browser.open(2, process);
  await browser.advance(100);
  track(browser, later);
  await later.leave(false);
  browser.time.jump(2 * DAY_MS);

  browser.setOffline(false);
  const next = browser.open(3, process);
  await browser.advance(20_000);
  // The third is of two days ago. The API's own clock has not moved: it has its own view of that.
  expect(next.client.stats()).toMatchObject({ accepted: 3, dropped: { too_old: 2 }, pending: 0 });
  expect(next.errors[0]).toMatchObject({ reason: "too_old", count: 2 });
  expect([...browser.storage.records.values()].join()).not.toContain("ada@example.com");
});

test("after reset() nothing holds an address longer than it takes to deliver it", async () => {
  const browser = browserWith();
  const page = browser.open(1, browser.storage.openProcess());
  await browser.advance(100);
  browser.setOffline(true);
  page.client.setPushToken("token-of-ada");
  identify(browser, page, { email: "ada@example.com" });
  void page.client.reset();
  await browser.advance(100);
  const stored = () => [...browser.storage.records.values()].join();
  expect(stored(), "until it is delivered").toContain("ada@example.com");

  browser.setOffline(false);
  await browser.advance(20_000);
  expect(page.client.stats().pending).toBe(0);
  for (const word of ["ada", "token"]) expect(stored()).not.toContain(word);
});

test.each(["lives", "is closed"])(
  "the last identify() wins over an older one that waits on a page which %s",
  async (how) => {
    const browser = browserWith({ maxRetries: 0, flushIntervalMs: 5000 });
    const [older, newer] = [1, 2].map((visit) => browser.open(visit, browser.storage.openProcess())) as [
      ReturnType<Browser["open"]>,
      ReturnType<Browser["open"]>,
    ];
    await browser.advance(100);
    browser.api.mood = "unavailable";
    identify(browser, older, { email: "old@example.com" });
    await browser.advance(100);
    browser.api.mood = "well";
    identify(browser, newer, { email: "new@example.com" });
    await browser.advance(100);
    expect(arrived(browser)).toHaveLength(1);
    await newer.leave(false);
    if (how === "is closed") await older.leave(false);
    browser.open(3, browser.storage.openProcess());
    await browser.advance(30_000);

    expect(arrived(browser)).toHaveLength(2);
    expect(browser.api.identified.get("ada")).toBe(numbers);
    expect([...browser.storage.records.keys()].filter((key) => /^[nq]\./.test(key))).toEqual([]);
  },
);

test("what the second of three pages said is said again, too, when the first one's identify() comes last", async () => {
  const browser = browserWith({ maxRetries: 0, flushIntervalMs: 0 });
  const [first, second, third] = [1, 2, 3].map((visit) => browser.open(visit, browser.storage.openProcess()));
  await browser.advance(100);
  browser.api.mood = "unavailable";
  for (const [page, preferredChannel] of [
    [first, "email"],
    [second, "sms"],
  ] as const) {
    identify(browser, page as ReturnType<Browser["open"]>, { preferredChannel });
    await browser.advance(100);
  }
  browser.api.mood = "well";
  identify(browser, third as ReturnType<Browser["open"]>, {});
  for (const page of [second, first]) {
    void page?.client.flush();
    await browser.advance(100);
  }

  expect(browser.api.identified.get("ada")).toBe(numbers);
  expect(browser.api.store.users.get("ada")?.preferredChannel).toBe("sms");
});

test("a token that is wanted stays registered when its opt-out is said again after an older identify()", async () => {
  const browser = browserWith({ maxRetries: 0, flushIntervalMs: 0 });
  const open = (visit: number) => browser.open(visit, browser.storage.openProcess());
  const older = open(1);
  await browser.advance(100);
  browser.api.mood = "unavailable";
  identify(browser, older, { pushToken: "token-of-ada" });
  await browser.advance(100);
  browser.api.mood = "well";
  const newer = open(2);
  await browser.advance(100);
  newer.client.setPushPermission("denied");
  await browser.advance(100);
  newer.client.setPushPermission("granted");
  void older.client.flush();
  await browser.advance(1000);

  expect(browser.api.store.users.get("ada")?.channels).toMatchObject([{ optedIn: true }]);
});
