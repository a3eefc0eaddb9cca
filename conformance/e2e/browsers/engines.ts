/** Runs a scenario in every engine on this machine; an engine that is missing is reported, and fails the run in CI. */

import { availableEngines, type Browser, type Engine, launchBrowser } from "@whisperr/conformance-browsers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { record } from "./figures.ts";

/** Each test brings a site of its own, and so an empty storage: they can share a browser (shared-browsers.ts). */
export function inEveryEngine(
  scenario: string,
  define: (browser: () => Browser, engine: Engine) => void,
): void {
  for (const { engine, missing } of availableEngines()) {
    describe(`${scenario}, ${engine}`, () => {
      if (missing !== undefined) {
        it(`runs where its engine is: ${missing}`, (context) =>
          reportMissing(scenario, engine, missing, context.skip));
        return;
      }
      let browser: Browser | undefined;
      let failed = false;
      beforeAll(async () => {
        const launching = sharedBrowsers.get(engine) ?? launchBrowser(engine);
        sharedBrowsers.set(engine, launching);
        browser = await launching;
      });
      afterEach(({ task }) => {
        failed ||= task.result?.state === "fail";
      });
      afterAll(async () => {
        // What made a test fail may last: the next scenario gets another browser.
        if (!failed && browser !== undefined) return;
        sharedBrowsers.delete(engine);
        await browser?.close();
      });
      define(() => browser as Browser, engine);
    });
  }
}

/** The same for a scenario that launches browsers itself, in some engines only. */
export function enginesOnly(engines: readonly Engine[], scenario: string, define: () => void): void {
  for (const { engine, missing } of availableEngines()) {
    if (!engines.includes(engine)) continue;
    describe(`${scenario}, ${engine}`, () => {
      if (missing === undefined) define();
      else
        it(`runs where its engine is: ${missing}`, (context) =>
          reportMissing(scenario, engine, missing, context.skip));
    });
  }
}

function reportMissing(
  scenario: string,
  engine: Engine,
  why: string,
  leaveOut: (note: string) => void,
): void {
  record(scenario, engine, "all", { "not run": why });
  expect(process.env.CI, `${engine} must run in CI, but ${why}`).toBeUndefined();
  leaveOut(`not run: ${why}`);
}
