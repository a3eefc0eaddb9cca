/** A real browser, driven the same way whichever engine it is. Each engine's file says what it cannot do. */

export type Engine = "chromium" | "firefox" | "webkit";

export const ENGINES: readonly Engine[] = ["chromium", "firefox", "webkit"];

export interface LaunchOptions {
  /** Where the profile lives. Default: a temporary folder that `close` and `kill` remove. WebKit keeps none and refuses. */
  profileDir?: string;
  /** The folder of an extension to install. Chromium only. */
  extensionDir?: string;
  /** IANA name. Default: the machine's. */
  timeZone?: string;
}

export interface Browser {
  readonly engine: Engine;
  /** Of the browser itself, or for WebKit of the program that owns it. */
  readonly pid: number;
  /** Opens a window; resolves when the page has loaded. Pages of one browser share their storage and are all visible. */
  newPage(url: string): Promise<Page>;
  /** Ends it as a user would; every process of it is gone afterwards. */
  close(): Promise<void>;
  /** SIGKILL for every process of it, at once: what a crash or a killed app looks like to storage. */
  kill(): Promise<void>;
  /**
   * Nobody drives its pages any longer, and nothing but `close()` and `kill()` is left to call. What a browser tells of each
   * request costs it more than the requests do. Not in WebKit.
   */
  release?(): Promise<void>;
}

/** A function that stands alone, or the text of an expression. */
export type Script<Args extends readonly unknown[], Result> =
  | string
  | ((...args: Args) => Result | Promise<Result>);

export interface Page {
  /** Resolves when the page has loaded. */
  goto(url: string): Promise<void>;
  /**
   * Runs in the page and resolves with the awaited result. Arguments and result travel as JSON; a function sees nothing
   * of its surroundings. Rejects when it throws or the page goes away meanwhile.
   */
  evaluate<Result, Args extends readonly unknown[] = []>(
    script: Script<Args, Result>,
    ...args: Args
  ): Promise<Result>;
  reload(): Promise<void>;
  /** One step back in history; resolves when the page that is shown then answers. */
  goBack(): Promise<void>;
  /** As a user closes a tab: `visibilitychange` and `pagehide` run. */
  close(): Promise<void>;
  screenshot(path: string): Promise<void>;
  /** What the page printed so far, uncaught errors included. */
  consoleMessages(): readonly ConsoleMessage[];
  /** Kills the page's renderer. Chromium only. */
  crash?(): Promise<void>;
  /** Ends all service workers of the page's profile, as a browser does with those that are idle. Chromium only. */
  stopServiceWorkers?(): Promise<void>;
  /** How long tasks with scripts kept the page's main thread meanwhile, in ms of its processor. Chromium only. */
  taskTimes?(run: () => Promise<void>): Promise<readonly number[]>;
  /** Cuts the page off the network. Not in WebKit. */
  setOffline?(offline: boolean): Promise<void>;
}

export interface ConsoleMessage {
  /** "log", "warn", "error", …; "uncaught" for errors nobody caught. */
  type: string;
  text: string;
}
