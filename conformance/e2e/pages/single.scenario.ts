/** `@whisperr/browser/single` in what cannot have a second file: one script, `iife` or `umd`, of an app's own bundler. */
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { expect, it } from "vitest";
import { inEveryEngine } from "../browsers/engines.ts";
import { complaints, html, setPageStage, until } from "./stage.ts";

const ENTRY = "widget.js";

/** A widget as its author bundles it. */
async function bundle(format: "iife" | "umd", code: string): Promise<Rolldown.OutputBundle[string][]> {
  const result = await build({
    root: fileURLToPath(new URL(".", import.meta.url)),
    configFile: false,
    logLevel: "error",
    plugins: [
      {
        name: "widget",
        resolveId: (id) => (id === ENTRY ? fileURLToPath(new URL(id, import.meta.url)) : null),
        load: (id) => (id.endsWith(`/${ENTRY}`) ? code : null),
      },
    ],
    build: { write: false, rolldownOptions: { input: ENTRY, output: { format, name: "widget" } } },
  });
  return (result as Rolldown.RolldownOutput).output;
}

inEveryEngine("single", (browser) => {
  it.each(["iife", "umd"] as const)(
    "is one script of the format %s, with a copy in IndexedDB",
    async (format) => {
      const stage = await setPageStage(browser());
      const output = await bundle(
        format,
        `import { createWhisperr } from "@whisperr/browser/single";
        globalThis.whisperr = createWhisperr(${stage.options('persistence: "durable"')});`,
      );
      expect(output).toHaveLength(1);
      const [script] = output as [Rolldown.OutputChunk];
      stage.site.put("/widget.js", { body: script.code });
      stage.site.put("/shop", { body: html('<script src="/widget.js"></script>') });
      const page = await stage.open("/shop");
      await until(page, "window.whisperr");
      await page.evaluate('[whisperr.track("seen"), whisperr.flush()]');
      const names = (await stage.events(2)).map(({ eventType }) => eventType);
      expect(names).toEqual(["page_viewed", "seen"]);
      const copies = 'indexedDB.databases().then((all) => all.some(({ name }) => name.startsWith("wr1.")))';
      expect(await page.evaluate(copies)).toBe(true);
      expect(await complaints(page)).toEqual([]);
    },
  );
});
