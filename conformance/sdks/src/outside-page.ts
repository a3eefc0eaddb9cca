/**
 * The driver in a page with `@whisperr/web` 0.2.0. Its client is one per page and cannot be stopped, so each case gets a
 * page of its own: a `create` for an empty device is kept, the page loads anew, and the driver there carries it out.
 */

import { createAppFetch } from "@whisperr/conformance/drivers/app-fetch.ts";
import { appValues } from "@whisperr/conformance/drivers/app-values.ts";
import { clearDevice } from "@whisperr/conformance/drivers/device-storage.ts";
import { createDriver, type SdkHost } from "@whisperr/conformance/drivers/driver.ts";
import { type OtherPage, openOtherPage } from "@whisperr/conformance/drivers/other-page.ts";
import {
  captureOutput,
  countRequest,
  macrotask,
  openLink,
  outlivingRequests,
  requestsMade,
} from "@whisperr/conformance/drivers/page.ts";
import { browserAsks, signal } from "@whisperr/conformance/drivers/page-signals.ts";
import { type ControlLink, pull } from "@whisperr/conformance/drivers/pull.ts";
import type { VirtualTime } from "@whisperr/conformance/drivers/virtual-time.ts";
import { watchFetch } from "@whisperr/conformance/drivers/watched-fetch.ts";
import { watchListeners } from "@whisperr/conformance/drivers/watched-listeners.ts";
import { CLOSING, type Command } from "@whisperr/conformance/protocol";
import { outsideClient, type PublishedWebSdk, type WebDrivenClient } from "./outside-client.ts";
import { plainChannels } from "./plain-channels.ts";

/** Where the driver is. */
const HOME = location.href;

/** Where the command that the next page begins with is kept. */
const FIRST_COMMAND = "first-command";

export async function driveOutsidePage(sdk: PublishedWebSdk, time: VirtualTime): Promise<void> {
  const link = openLink(fetch.bind(globalThis));
  const output = captureOutput();
  const io = watchFetch(fetch.bind(globalThis), countRequest);
  const app = createAppFetch(io.fetch);
  globalThis.fetch = app.fetch;
  const listeners = watchListeners([window, document]);
  const locks = watchLocks();
  let isOver = false;
  let other: OtherPage<PublishedWebSdk> | undefined;
  let elsewhere: WebDrivenClient | undefined;
  let given: Record<string, unknown> = {};

  const host: SdkHost = {
    async prepare({ again = false, privacy }) {
      if (!again) await clearDevice();
      browserAsks(privacy);
    },
    create(options, form) {
      given = options;
      return { ...outsideClient(sdk, options, form), shutdown };
    },
    async elsewhere() {
      other ??= await openOtherPage<PublishedWebSdk>();
      elsewhere ??= outsideClient(other.sdk, given, "client");
      return { ...elsewhere, shutdown };
    },
    special: appValues(plainChannels),
    io: { ...io, idle: () => ({ ...io.idle(), requests: requestsMade(), span: undefined }) },
    time,
    output,
    close() {
      other?.close();
      other = undefined;
      elsewhere = undefined;
    },
    async settle() {
      await other?.heard();
      await settleLocks(locks);
    },
    signal,
    navigate: (to) => history.pushState(null, "", to),
    outliving: outlivingRequests,
    listeners: () => (isOver ? 0 : listeners()),
  };

  /** A method that is not there. At the end of a case the page goes, as it does with an app that has no other way. */
  async function shutdown(): Promise<void> {
    if (!isOver) throw new Error("shutdown is not a function");
  }

  function leave(): void {
    isOver = true;
    other = undefined;
    app.end();
    time.restart(Date.now(), 0);
  }

  const perform = createDriver(host);
  const performed: Perform = async (command) => {
    const value = await perform(command);
    // A client flushes when it is made: what the app does afterwards does not race against that.
    if (command.do === "create") await host.settle();
    return value;
  };
  const last = await pull(startingAnew(link), inPagesOfTheirOwn(performed, leave));
  if (last.do === "reload") location.reload();
}

type Perform = (command: Command) => Promise<unknown>;

/** The first case on a page stays; the next one takes the page with it. `leave`: the page is over, whatever runs. */
function inPagesOfTheirOwn(perform: Perform, leave: () => void): Perform {
  let isUsed = false;
  return async (command) => {
    if (command.do === "create") {
      if (isUsed && !command.again) return startOver(command);
      isUsed = true;
    }
    if (command.do === "shutdown" && command.name === CLOSING) leave();
    return perform(command);
  };
}

async function startOver(command: Command): Promise<never> {
  // Nothing may be left to be sent by the client that goes.
  await clearDevice();
  sessionStorage.setItem(FIRST_COMMAND, JSON.stringify(command));
  // The case before may have gone to other addresses.
  history.replaceState(null, "", HOME);
  location.reload();
  return new Promise(() => {});
}

function startingAnew(link: ControlLink): ControlLink {
  return {
    ...link,
    async next() {
      const kept = sessionStorage.getItem(FIRST_COMMAND);
      sessionStorage.removeItem(FIRST_COMMAND);
      return kept ?? link.next();
    },
  };
}

/** Flushes ask for a lock one after the other: it is quiet when none was asked for several times in a row. */
const QUIET_ROUNDS = 3;

/** Locks that were asked for: how many so far, and how many of those were not answered yet. */
interface Asked {
  total: number;
  open: number;
}

function watchLocks(): Asked {
  const request = navigator.locks.request.bind(navigator.locks) as (...args: unknown[]) => Promise<unknown>;
  const asked: Asked = { total: 0, open: 0 };
  const counted = (name: string, options: LockOptions, granted: LockGrantedCallback<unknown>) => {
    asked.total++;
    asked.open++;
    return request(name, options, (lock: Lock | null) => {
      asked.open--;
      return granted(lock);
    });
  };
  Object.defineProperty(navigator.locks, "request", { value: counted });
  return asked;
}

async function settleLocks(asked: Asked): Promise<void> {
  for (let quiet = 0; quiet < QUIET_ROUNDS; ) {
    const { total } = asked;
    await macrotask();
    quiet = asked.open === 0 && asked.total === total ? quiet + 1 : 0;
  }
}
