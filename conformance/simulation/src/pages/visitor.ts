/** Does in a browser what actions say: opens tabs, navigates, and records what the app asks for. */
import { IDENTITY } from "../../../../packages/browser/src/storage/keys.ts";
import type { Action } from "./actions.ts";
import { type DeviceTokens, newDeviceTokens, tokenName } from "./device-tokens.ts";
import type { Process } from "./profile-storage.ts";
import type { Browser } from "./simulated-browser.ts";
import type { SimulatedPage } from "./simulated-page.ts";
import type { Recorded } from "./witness.ts";

export interface Visitor {
  readonly device: DeviceTokens;
  perform(action: Action): Promise<void>;
  closeAll(): Promise<void>;
  open(): SimulatedPage;
  track(page: SimulatedPage, more?: object): void;
  identify(page: SimulatedPage, user: string): void;
  /** The app says again, as apps do at each start, what it knows of the token. */
  sayToken(page: SimulatedPage): void;
}

interface Tab {
  page: SimulatedPage;
  process: Process;
  /** Pages that follow each other, without going back, are one visit. */
  visit: number;
  readonly frozen: SimulatedPage[];
  /** Its `sessionStorage`. */
  readonly store: Map<string, string>;
  /** Clients that were shut down, on the page that is shown. */
  readonly over: SimulatedPage[];
}

/** Most navigations stay in the process of their tab. */
const NEW_PROCESS = 0.2;

/** At least this long from a page's crash until the next one runs: what it had stored has reached all processes. */
const RELOAD_MS = 5;

/** `knowsOwners`: the identity is always stored, and seen by all at once. */
export function visitor(browser: Browser, knowsOwners: boolean): Visitor {
  const { random, witness, api, storage } = browser;
  let tabs: Tab[] = [];
  let visits = 0;
  let numbers = 0;
  const device = newDeviceTokens();

  function openTab(): Tab {
    const process = storage.openProcess();
    const visit = ++visits;
    const store = new Map<string, string>();
    const tab = { page: browser.open(visit, process, store), process, visit, store, frozen: [], over: [] };
    tabs.push(tab);
    return tab;
  }

  /** The tab an action is about, with a page that lives. */
  async function tabAt(index: number): Promise<Tab> {
    const tab = tabs[index % Math.max(tabs.length, 1)] ?? openTab();
    if (tab.page.isAlive) return tab;
    await browser.advance(RELOAD_MS);
    openPage(tab);
    return tab;
  }

  function openPage(tab: Tab): void {
    // Without Web Locks a page that crashed keeps its queue until its stored lock is over: its events come later.
    if (!browser.hasLocks && tab.page.hasCrashed) tab.visit = ++visits;
    if (random.chance(NEW_PROCESS)) tab.process = storage.openProcess();
    tab.page = browser.open(tab.visit, tab.process, tab.store);
  }

  function record(
    page: SimulatedPage,
    visit: number,
    isPoison: boolean,
    call: (n: number) => void,
    user?: string,
  ): void {
    const number = ++numbers;
    const before = page.client.stats();
    // Known before the call, which may send it at once.
    witness.record({ number, page, visit, isPoison, owner: undefined, isRefused: false, user });
    call(number);
    const { dropped } = page.client.stats();
    const isRefused = (["opted_out", "shut_down"] as const).some(
      (reason) => (dropped[reason] ?? 0) > (before.dropped[reason] ?? 0),
    );
    witness.record({ number, page, visit, isPoison, owner: owner(), isRefused, user });
    if (page.isAlive) return;
    witness.wrote("q.?", `"n":${number}`, false);
    witness.left(page);
  }

  function owner(): Recorded["owner"] {
    const text = storage.records.get(IDENTITY);
    if (!knowsOwners || text === undefined) return undefined;
    const { userId, anonymousId } = JSON.parse(text) as { userId?: string; anonymousId: string };
    return userId === undefined ? { anonymousId } : { userId };
  }

  function track(page: SimulatedPage, more: object = {}, visit = page.visit): void {
    const isPoison = "poison" in more;
    record(page, visit, isPoison, (n) => page.client.track("seen", { n, ...more }));
  }

  function identify(page: SimulatedPage, user: string, visit = page.visit, number?: number): void {
    const pushToken = number === undefined ? undefined : newToken(number);
    record(page, visit, false, (n) => page.client.identify(user, { traits: { n }, pushToken }), user);
  }

  /** Of whoever has opted out none is remembered. */
  function newToken(number: number): string {
    const token = tokenName(device, number);
    if (!device.isOptedOut) device.token = token;
    return token;
  }

  function sayToken({ client }: SimulatedPage): void {
    if (device.token !== undefined) client.setPushToken(device.token);
    client.setPushPermission(device.isDenied ? "denied" : "granted");
  }

  async function leave({ page, over }: Tab, mayFreeze: boolean): Promise<void> {
    for (const earlier of over.splice(0)) earlier.crash();
    await page.leave(mayFreeze && over.length === 0);
  }

  /** Another client follows on the same page, while the old one may not have ended yet. */
  function shutDown(tab: Tab, timeoutMs: number): void {
    void tab.page.shutdown(timeoutMs);
    tab.over.push(tab.page);
    tab.visit = ++visits;
    tab.page = browser.open(tab.visit, tab.process, tab.store);
  }

  async function navigate(tab: Tab, gapMs: number, freezes: boolean): Promise<void> {
    const { page } = tab;
    await leave(tab, freezes);
    if (page.isFrozen) tab.frozen.push(page);
    await browser.advance(gapMs);
    openPage(tab);
  }

  async function back(tab: Tab): Promise<void> {
    const earlier = tab.frozen.pop();
    if (earlier === undefined || !earlier.isAlive) return;
    await leave(tab, false);
    await browser.advance(5);
    if (!earlier.isAlive) return openPage(tab);
    tab.page = earlier;
    tab.visit = ++visits;
    earlier.thaw();
  }

  async function close(tab: Tab): Promise<void> {
    tabs = tabs.filter((one) => one !== tab);
    await leave(tab, false);
    for (const page of tab.frozen) page.crash();
  }

  async function perform(action: Action): Promise<void> {
    switch (action.do) {
      case "open":
        return void openTab();
      case "online":
      case "offline":
        return browser.setOffline(action.do === "offline");
      case "storageFull":
      case "storageFree":
        storage.isFull = action.do === "storageFull";
        return;
      case "mood":
        api.mood = action.mood;
        return;
      case "jump":
        return browser.time.jump(action.ms);
      case "wait":
        return browser.advance(action.ms);
      default:
        return performIn(await tabAt(action.tab), action);
    }
  }

  async function performIn(tab: Tab, action: Extract<Action, { tab: number }>): Promise<void> {
    const { page } = tab;
    switch (action.do) {
      case "close":
        return close(tab);
      case "back":
        return back(tab);
      case "navigate":
        return navigate(tab, action.gapMs, action.freezes);
      case "crash":
        for (const one of [page, ...tab.over.splice(0)]) one.crash();
        return browser.advance(action.gapMs);
      case "crashAfter":
        return page.crashAfter(action.writes);
      case "hide":
      case "show":
        return page[action.do]();
      case "track":
        for (let i = 0; i < action.times && page.isAlive; i++)
          track(page, action.bytes > 0 ? { text: "x".repeat(action.bytes) } : {}, tab.visit);
        return;
      case "poison":
      case "forbidden":
        return track(page, { [action.do]: true }, tab.visit);
      case "identify":
        return identify(page, action.user, tab.visit, action.token);
      case "setPushToken":
        return page.client.setPushToken(newToken(action.token));
      case "setPushPermission":
        device.isDenied = action.permission === "denied";
        return page.client.setPushPermission(action.permission);
      case "shutdown":
        return shutDown(tab, action.timeoutMs);
      case "flush":
        return void page.client.flush();
      case "reset": {
        const before = storage.latest.get(IDENTITY);
        page.client.reset();
        // A page that crashed in the call may have done nothing. The same below.
        if (!page.isAlive && storage.latest.get(IDENTITY) === before) return;
        device.session++;
        device.token = undefined;
        return;
      }
      case "optOut":
        page.client.optOut();
        if (!page.isAlive && !storage.latest.get(IDENTITY)?.includes("optedOut")) return;
        device.isOptedOut = true;
        device.token = undefined;
        return;
      case "optIn":
        page.client.optIn();
        if (!page.isAlive && storage.latest.get(IDENTITY)?.includes("optedOut")) return;
        device.isOptedOut = false;
        return;
    }
  }

  return {
    device,
    perform,
    sayToken,
    async closeAll() {
      for (const tab of tabs) await close(tab);
    },
    open: () => openTab().page,
    track,
    identify,
  };
}
