/**
 * The environment scenarios run in: the browsers a worker has launched, one of each engine at most, shared by all scenarios
 * that it runs, and closed when it ends. Launching takes longer than many a scenario.
 */

import type { Browser, Engine } from "@whisperr/conformance-browsers";
import type { Environment } from "vitest/runtime";

declare global {
  var sharedBrowsers: Map<Engine, Promise<Browser>>;
}

export default {
  name: "shared-browsers",
  viteEnvironment: "ssr",
  setup(global: typeof globalThis) {
    global.sharedBrowsers = new Map();
    const close = async (browser: Promise<Browser>) => (await browser).close();
    return {
      teardown: async () => void (await Promise.allSettled([...global.sharedBrowsers.values()].map(close))),
    };
  },
} satisfies Environment;
