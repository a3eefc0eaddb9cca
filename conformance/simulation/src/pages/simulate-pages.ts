/** A world from its beginning to the day when all is well again, and what must be true then. */
import { arrives, unbrokenOrder } from "@whisperr/conformance/invariants/order.ts";
import type { BrowserOptions } from "../../../../packages/browser/src/options.ts";
import { FIREWALLS } from "../api.ts";
import { seededRandom } from "../seeded-random.ts";
import type { Figures, Tell } from "../world.ts";
import { type Action, drawActions, drawTheme } from "./actions.ts";
import { checkSilent, checkTokens } from "./device-tokens.ts";
import { type Browser, type BrowserSettings, simulatedBrowser } from "./simulated-browser.ts";
import type { SimulatedPage } from "./simulated-page.ts";
import { type Visitor, visitor } from "./visitor.ts";
import type { Recorded } from "./witness.ts";

export interface PagesScript {
  readonly settings: BrowserSettings;
  readonly actions: readonly Action[];
}

export function drawPages(seed: number): PagesScript {
  const random = seededRandom(seed);
  const theme = drawTheme(random);
  const hasLocks = random.chance(0.8);
  const options: BrowserOptions = {
    flushAt: random.pick([1, 2, 5, 20]),
    flushIntervalMs: random.pick([1000, 5000, 10_000]),
    maxQueueSize: random.pick([6, 30, 1000, 1000]),
    maxBatchSize: random.pick([2, 500]),
    maxRetries: random.pick([0, 1, 6]),
    requestTimeoutMs: random.pick([2000, 10_000]),
    backoff: { baseMs: 200, maxMs: 2000 },
    anonymousEvents: random.chance(0.3) ? "hold" : "send",
    autoContext: false,
  };
  const storageDelayMs = random.pick([0, 0, 0, 0, 4]);
  const settings = {
    seed,
    options,
    hasLocks,
    storageDelayMs,
    releaseMs: random.pick([0, 0, 200]),
    latencyMs: [1, random.pick([10, 150, 600])] as const,
    // Without Web Locks, a lock needs room in the storage, and one that is full must not stop delivery.
    isStrict: storageDelayMs === 0 && (hasLocks || !theme.fillsStorage),
    ...(theme.hasFirewall && { firewall: random.pick(FIREWALLS) }),
  };
  const actions = drawActions(random, theme, random.between(20, 90));
  return {
    settings,
    // A clock set forward ends every stored lock at once: a known limit of browsers without Web Locks.
    actions: hasLocks ? actions : actions.filter((action) => action.do !== "jump"),
  };
}

/** Throws at the first thing that must not be. `tell` gets to know what happens, line by line. */
export async function simulatePages(
  { settings, actions }: PagesScript,
  tell: Tell = () => {},
): Promise<Browser> {
  const browser = simulatedBrowser(settings, tell);
  const knowsOwners = settings.storageDelayMs === 0 && !actions.some((action) => action.do === "storageFull");
  const visiting = visitor(browser, knowsOwners);
  for (const action of actions) {
    tell(JSON.stringify(action));
    await visiting.perform(action);
    await browser.pause();
  }
  const does = (what: Action["do"]) => actions.some((action) => action.do === what);
  const hasPush = knowsOwners && actions.some((action) => "token" in action);
  await heal(browser, visiting, settings.firewall !== undefined, hasPush);
  // A page that crashes as it discards what nobody may send any more tells nobody of it.
  const discards = does("optOut") || settings.options.anonymousEvents === "hold";
  if (!discards || !does("crashAfter")) checkArrivals(browser);
  checkOrder(browser);
  // With an opt-out goes what is noted about the order of identifies, too.
  if (knowsOwners && !does("optOut")) checkLastWord(browser);
  if (hasPush) checkTokens(visiting.device, browser.api.store.users, "zoe", !losesAny(browser));
  return browser;
}

export function pagesFigures(
  { actions }: PagesScript,
  { time, witness, api }: Pick<Browser, "time" | "witness" | "api">,
): Figures {
  const events = actions.length + witness.recorded.size + time.tasks + api.judged;
  return { events, elapsedMs: time.elapsedMs };
}

/** A lock of a page that crashed ends after this long. */
const LOCKS_END_MS = 95_000;
const ALL_SENT_MS = 200_000;
/** Whoever lives has looked for what others have left. */
const SCANNED_MS = 20_000;
/** What is forbidden is given up in the end: visitors go on, and what they do is taken. */
const MOST_FLUSHES = 100;

async function heal(
  browser: Browser,
  visiting: Visitor,
  hasFirewall: boolean,
  hasPush: boolean,
): Promise<void> {
  const { api, storage, random, hasLocks } = browser;
  api.mood = "well";
  storage.isFull = false;
  browser.setOffline(false);
  await browser.advance(random.pick([0, 1000]));
  await visiting.closeAll();
  if (!hasLocks) await browser.advance(LOCKS_END_MS);
  const last = visiting.open();
  if (hasPush && visiting.device.isOptedOut) {
    await browser.advance(ALL_SENT_MS);
    if (api.stragglers === 0) checkSilent(visiting.device, api.store.users);
    visiting.device.isOptedOut = false;
  }
  last.client.optIn();
  visiting.identify(last, "zoe");
  await browser.advance(ALL_SENT_MS);
  if (hasPush) visiting.sayToken(last);
  visiting.track(last);
  void last.client.flush();
  await browser.advance(ALL_SENT_MS);
  for (let flushes = 0; hasFirewall && flushes < MOST_FLUSHES && last.client.stats().pending > 0; flushes++) {
    visiting.track(last);
    void last.client.flush();
    await browser.advance(ALL_SENT_MS);
  }
  checkHealed(last);
  await browser.advance(SCANNED_MS);
  await last.leave(false);
  await browser.advance(1000);
  const left = [...storage.records.keys()].filter((key) => key !== "id" && key !== "session");
  if (left.length > 0) throw new Error(`left in the storage: ${left}`);
}

function checkHealed({ name, client }: SimulatedPage): void {
  const { pending } = client.stats();
  if (pending > 0) throw new Error(`${name}, the last one, still has ${pending} waiting`);
}

/** Why an operation may be gone without a trace of its own. */
const EXPLAINED = ["queue_full", "opted_out", "reset", "corrupt", "undeliverable"] as const;

function checkArrivals({ witness, api, pages }: Browser): void {
  const reported = pages
    .flatMap(({ client }) => EXPLAINED.map((reason) => client.stats().dropped[reason] ?? 0))
    .reduce((sum, count) => sum + count, 0);
  const missing: number[] = [];
  for (const { number, isRefused, isPoison, owner } of witness.recorded.values()) {
    const arrived = api.stored.get(number);
    if (arrived === undefined) {
      const isExplained = isRefused || isPoison || api.rejected.has(number);
      if (!isExplained && !witness.unstored.has(number)) missing.push(number);
      continue;
    }
    if (isRefused) throw new Error(`${number} arrived though it was refused`);
    const user =
      text(arrived.json.external_user_id) ?? witness.users.get(text(arrived.json.anonymous_id) ?? "");
    const expected = owner?.userId ?? witness.users.get(owner?.anonymousId ?? "");
    if (owner !== undefined && user !== expected)
      throw new Error(`${number} of ${JSON.stringify(owner)} reached ${user}`);
  }
  if (missing.length > reported) throw new Error(`lost: ${missing}, of which ${reported} were reported`);
}

const text = (value: unknown) => (typeof value === "string" ? value : undefined);

const losesAny = ({ pages }: Pick<Browser, "pages">): boolean =>
  pages.some(({ client }) => EXPLAINED.some((reason) => client.stats().dropped[reason]));

/** The server ends with what the last identify() of each user said. */
function checkLastWord({ witness, api, pages }: Browser): void {
  // What was pushed out, or discarded, may have arrived all the same, and late.
  if (losesAny({ pages })) return;
  const last = new Map<string, number>();
  for (const { number, user } of witness.recorded.values())
    if (user !== undefined && api.stored.has(number)) last.set(user, Math.max(number, last.get(user) ?? 0));
  for (const [user, number] of last)
    if (api.identified.get(user) !== number)
      throw new Error(`the last word about ${user} is ${api.identified.get(user)}, and should be ${number}`);
}

/**
 * Of one visit, first arrivals are in the order of the calls, unless pages elsewhere took some over, a full storage let no
 * page know of them but the one that was left, or a page that went had no time to wait for answers.
 */
function checkOrder({ witness, api, pages }: Browser): void {
  // One that was given up may have been on its way, and arrive late.
  const gaveUp = ({ dropped }: ReturnType<SimulatedPage["client"]["stats"]>) =>
    (dropped.queue_full ?? dropped.opted_out) !== undefined;
  if (pages.some(({ client }) => gaveUp(client.stats()))) return;
  const order = unbrokenOrder();
  for (const number of api.stored.keys()) {
    const { visit } = witness.recorded.get(number) as Recorded;
    if ([witness.strayed, witness.adrift, witness.ahead].some((some) => some.has(number))) continue;
    for (const problem of arrives(order, visit, number)) throw new Error(`${problem} in visit ${visit}`);
  }
}
