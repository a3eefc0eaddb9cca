/** What other scripts, old versions and half-written pages leave in storage. */
import type { Page } from "@whisperr/conformance-browsers";

export const CORRUPTIONS = [
  "not JSON",
  "of another shape",
  "null",
  "a list of nulls",
  "of another version",
  "cut in half",
] as const;

export type Corruption = (typeof CORRUPTIONS)[number];

/** Rewrites every value the SDK stored; answers how many there were. */
export function corruptEverything(page: Page, corruption: Corruption): Promise<number> {
  return page.evaluate(corruptMatching, corruption, "");
}

/** Rewrites the record of one event. */
export function corruptEvent(page: Page, n: number, corruption: Corruption): Promise<number> {
  return page.evaluate(corruptMatching, corruption, `"n":${n},`);
}

/** Runs in the page, and so stands alone. Values are searched as they are and as JSON within JSON. */
function corruptMatching(corruption: Corruption, mark: string): number {
  const instead = (value: string): string => {
    if (corruption === "not JSON") return "{oops";
    if (corruption === "of another shape") return '{"hello":["world"]}';
    if (corruption === "null") return "null";
    if (corruption === "a list of nulls") return "[null,null,null,null,null,null,null,null]";
    if (corruption === "of another version") return '{"v":99,"version":99,"data":{"n":1}}';
    return value.slice(0, value.length / 2);
  };
  const keys = Object.keys(localStorage).filter((key) => key.startsWith("wr1."));
  const marked = keys.filter((key) => (localStorage.getItem(key) ?? "").replaceAll("\\", "").includes(mark));
  for (const key of marked) localStorage.setItem(key, instead(localStorage.getItem(key) ?? ""));
  return marked.length;
}
