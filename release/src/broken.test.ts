/** What needs no package from elsewhere; `npm run release:check -- --broken` shows all of them. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromiumPath } from "@whisperr/conformance-browsers";
import { expect, onTestFinished, test } from "vitest";
import { BREAKAGES, type Breakage, stageBroken } from "./broken.ts";
import { CONSUMERS, rehearse } from "./rehearse.ts";

const ALONE = ["Node.js 26", ...(chromiumPath() === undefined ? [] : ["a script tag"])];
const PACKAGES = ["core", "node", "browser", "edge"];

const silent = () => {};

async function failures(breakage: Breakage, consumer: string): Promise<(string | undefined)[]> {
  const folder = await mkdtemp(join(tmpdir(), "whisperr-broken-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const stage = await stageBroken(folder, PACKAGES, breakage);
  onTestFinished(() => stage.registry.close());
  const rows = await rehearse(
    stage,
    folder,
    CONSUMERS.filter(({ name }) => name === consumer),
    silent,
  );
  return rows.map(({ failure }) => failure);
}

test.each(BREAKAGES.filter(({ consumer }) => ALONE.includes(consumer)))(
  "$consumer fails when @whisperr/$sdk $name",
  async (breakage) => {
    expect(await failures(breakage, breakage.consumer)).toEqual([
      expect.stringContaining(`@whisperr/${breakage.sdk}`),
    ]);
  },
);

test.each(ALONE)("%s is content with what is whole", async (consumer) => {
  const whole = { name: "is whole", sdk: "node", consumer, damage: async () => {} };
  expect(await failures(whole, consumer)).toEqual([undefined]);
});
