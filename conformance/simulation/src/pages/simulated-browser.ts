/** One browser profile: its storage, locks and network, the time, and whoever watches. */
import { resolveOptions } from "@whisperr/core";
import type { BrowserOptions } from "../../../../packages/browser/src/options.ts";
import { API_KEY, type Firewall, type SimulatedApi, simulatedApi } from "../api.ts";
import { type SeededRandom, seededRandom } from "../seeded-random.ts";
import { START_MS, settle, type VirtualTime, virtualTime } from "../virtual-time.ts";
import { MOODS } from "./actions.ts";
import { type ProfileLocks, profileLocks } from "./profile-locks.ts";
import { type Process, type ProfileStorage, profileStorage } from "./profile-storage.ts";
import { type SimulatedPage, simulatedPage } from "./simulated-page.ts";
import { createWitness, type Witness } from "./witness.ts";

export interface BrowserSettings {
  /** Of latencies, ids and moods. */
  readonly seed: number;
  readonly options: BrowserOptions;
  /** False: an insecure origin, or an old browser. */
  readonly hasLocks: boolean;
  /** How long a busy browser may need to free the locks of a page that was left. None without. */
  readonly releaseMs?: number;
  /** Until a page sees what a page of another process has stored. */
  readonly storageDelayMs: number;
  /** How long a request travels, or its answer: from the first to the second. */
  readonly latencyMs: readonly [number, number];
  /** False: something in this world makes it possible that two pages have the same. */
  readonly isStrict: boolean;
  /** Absent: nobody stands in front of the API. */
  readonly firewall?: Firewall | undefined;
}

export interface Browser {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly storage: ProfileStorage;
  readonly locks: ProfileLocks;
  readonly hasLocks: boolean;
  readonly api: SimulatedApi;
  readonly witness: Witness;
  readonly pages: readonly SimulatedPage[];
  readonly latencyMs: () => number;
  readonly isOffline: () => boolean;
  setOffline(offline: boolean): void;
  /** `process`: of the page before it in its tab, mostly. `tab`: what pages of this tab have left there. */
  open(visit: number, process: Process, tab?: Map<string, string>): SimulatedPage;
  /** Lets all go on that can. */
  pause(): Promise<void>;
  advance(ms: number): Promise<void>;
}

export function simulatedBrowser(settings: BrowserSettings, tell: (line: string) => void): Browser {
  const time = virtualTime();
  const random = seededRandom(settings.seed);
  const api = simulatedApi(random, () => START_MS + time.elapsedMs, {
    moods: MOODS,
    firewall: settings.firewall,
  });
  const witness = createWitness({
    isStrict: settings.isStrict,
    nowMs: () => time.elapsedMs,
    tell: (line) => tell(`${time.elapsedMs} ${line}`),
  });
  const pages: SimulatedPage[] = [];
  const options = { apiKey: API_KEY, ...settings.options };
  const resolved = resolveOptions(options, { maxQueueSize: 1000 });
  let offline = false;

  function check(): void {
    witness.pause();
    for (const page of pages) if (page.isAlive) checkBooks(page, witness.violations);
    const [violation] = witness.violations;
    if (violation !== undefined) throw new Error(violation);
  }

  const browser: Browser = {
    time,
    random,
    storage: profileStorage(time, settings.storageDelayMs),
    locks: profileLocks(time, random, settings.releaseMs ?? 0),
    hasLocks: settings.hasLocks,
    api,
    witness,
    pages,
    latencyMs: () => random.between(...settings.latencyMs),
    isOffline: () => offline,
    setOffline(now) {
      offline = now;
      if (!offline) for (const page of pages) page.online();
    },
    open(visit, process, tab = new Map()) {
      const name = `page ${pages.length + 1}`;
      const page = simulatedPage(browser, { name, visit, process, tab, options, resolved });
      pages.push(page);
      return page;
    },
    async pause() {
      await settle();
      check();
    },
    advance: (ms) => time.advance(ms, check),
  };
  return browser;
}

function checkBooks({ name, client }: SimulatedPage, violations: string[]): void {
  const { accepted, delivered, dropped, pending } = client.stats();
  const gone = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  if (accepted === delivered + gone + pending && Math.min(delivered, pending) >= 0) return;
  violations.push(`the books of ${name}: ${JSON.stringify(client.stats())}`);
}
