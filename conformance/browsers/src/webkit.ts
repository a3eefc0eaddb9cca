/**
 * WebKitGTK's MiniBrowser through WebKitWebDriver, on a display of its own. WebDriver knows one current tab, so commands
 * take turns, each in its tab. It tells nothing about the console, and a profile lasts as long as the browser.
 */
import { writeFile } from "node:fs/promises";
import type { Browser, LaunchOptions, Page } from "./browser.ts";
import { browserEnvironment } from "./environment.ts";
import { jsonExpression, parseResult } from "./expression.ts";
import { goBack } from "./navigation.ts";
import { openSession, type WebDriverSession } from "./webdriver.ts";
import { startWebkitDriver } from "./webkit-driver.ts";

export async function launchWebkit(options: LaunchOptions): Promise<Browser> {
  if (options.profileDir !== undefined) throw new Error("WebKit's automation keeps no profile");
  const { pid, url, miniBrowser, stop } = await startWebkitDriver(browserEnvironment(options));
  const session = await openSession(url, {
    pageLoadStrategy: "normal",
    "webkitgtk:browserOptions": { binary: miniBrowser, args: ["--automation"] },
  }).catch((error: unknown) => stop().then(() => Promise.reject(error)));
  const tabs = createTabs(session);
  return {
    engine: "webkit",
    pid,
    newPage: async (address) => {
      const page = toPage(tabs, await tabs.open());
      await page.goto(address);
      return page;
    },
    async close() {
      await session.end().catch(() => {});
      await stop();
    },
    kill: stop,
  };
}

type Send = WebDriverSession["send"];

interface Tabs {
  open(): Promise<string>;
  /** Does something in a tab; nothing else happens meanwhile. */
  inTab<Value>(handle: string, act: (send: Send) => Promise<Value>): Promise<Value>;
}

function createTabs(session: WebDriverSession): Tabs {
  let last: Promise<unknown> = Promise.resolve();
  let home: string | undefined;
  const inTurn = <Value>(act: () => Promise<Value>): Promise<Value> => {
    const done = last.then(act, act);
    last = done.catch(() => {});
    return done;
  };
  return {
    open: () =>
      inTurn(async () => {
        // A new tab can only be opened from one that still exists; the first is never closed. A window, as tabs in the background are hidden.
        home ??= await session.send<string>("GET", "/window");
        await session.send("POST", "/window", { handle: home });
        const { handle } = await session.send<{ handle: string }>("POST", "/window/new", { type: "window" });
        return handle;
      }),
    inTab: (handle, act) =>
      inTurn(async () => {
        await session.send("POST", "/window", { handle });
        return act(session.send);
      }),
  };
}

function toPage(tabs: Tabs, handle: string): Page {
  const act = <Value>(method: "GET" | "POST" | "DELETE", path: string, body?: object) =>
    tabs.inTab(handle, (send) => send<Value>(method, path, body));
  const page: Page = {
    goto: async (url) => void (await act("POST", "/url", { url })),
    async evaluate(script, ...args) {
      const body = `const done = arguments[arguments.length - 1];
        ${jsonExpression(script, args)}.then((json) => done({ json }), (error) => done({ error: String(error) }));`;
      const answer = await act<{ json?: string; error?: string }>("POST", "/execute/async", {
        script: body,
        args: [],
      });
      if (answer.error !== undefined) throw new Error(answer.error);
      return parseResult(answer.json);
    },
    reload: async () => void (await act("POST", "/refresh")),
    goBack: () => goBack((script) => page.evaluate(script)),
    close: async () => void (await act("DELETE", "/window")),
    screenshot: async (path) =>
      writeFile(path, Buffer.from(await act<string>("GET", "/screenshot"), "base64")),
    consoleMessages: () => [],
  };
  return page;
}
