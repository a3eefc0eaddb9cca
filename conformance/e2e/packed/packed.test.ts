import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { startTestApi } from "@whisperr/conformance/api/fixture";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmptyProject, installPacked, runTool } from "./install-packed.ts";

const NODES = ["18", "20", "22", "24", "26"];
const PACKAGES = readdirSync(new URL("../../../packages/", import.meta.url));

describe.each(PACKAGES)("the packed %s package", (name) => {
  let project: EmptyProject;
  beforeAll(() => {
    project = installPacked(name);
  });
  afterAll(() => project.remove());

  const manifest = () =>
    JSON.parse(readFileSync(join(project.directory, "node_modules/@whisperr", name, "package.json"), "utf8"));

  /** Runtimes that never had CommonJS get none. */
  const isModulesOnly = () => !JSON.stringify(manifest().exports).includes('"require"');

  it("depends on nothing and runs nothing on install", () => {
    expect(manifest().dependencies ?? {}).toEqual({});
    const { peerDependencies = {}, peerDependenciesMeta = {} } = manifest();
    for (const peer of Object.keys(peerDependencies))
      expect(peerDependenciesMeta[peer], peer).toEqual({ optional: true });
    expect(Object.keys(manifest().scripts)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/install/)]),
    );
    expect(
      readdirSync(join(project.directory, "node_modules")).filter((entry) => !entry.startsWith(".")),
    ).toEqual(["@whisperr"]);
  });

  it("brings its README and its licence", () => {
    for (const file of ["README.md", "LICENSE"]) {
      expect(existsSync(join(project.directory, "node_modules/@whisperr", name, file)), file).toBe(true);
    }
  });

  it("does not point at sources, which it has not", () => {
    const { exports } = manifest();
    expect(JSON.stringify(exports)).toContain("./dist/index.js");
    expect(JSON.stringify(exports)).not.toMatch(/source|src/);
  });

  it("satisfies publint and the types checker", () => {
    expect(runTool("publint", ["--strict", project.tarball], name)).toContain("All good");
    const profile = isModulesOnly() ? "esm-only" : "node16";
    const attw = runTool("attw", [project.tarball, "--profile", profile, "--no-emoji"], name);
    // It throws at every problem; what a package without CommonJS cannot have it prints as ignored.
    expect(attw).toContain(isModulesOnly() ? "(ignored)" : "No problems found");
  });

  it.each(NODES)("has its exports, the same as ESM and CJS, on Node %s", async (node) => {
    const esm = await project.run(
      node,
      "exports.mjs",
      `import * as sdk from "@whisperr/${name}"; console.log(JSON.stringify(Object.keys(sdk).sort()))`,
    );
    const names = (printed: string) =>
      (JSON.parse(printed) as string[]).filter((entry) => entry !== "default");
    expect(names(esm).length).toBeGreaterThan(1);
    if (isModulesOnly()) return;
    const cjs = await project.run(
      node,
      "exports.cjs",
      `console.log(JSON.stringify(Object.keys(require("@whisperr/${name}")).sort()))`,
    );
    expect(names(esm)).toEqual(names(cjs));
  });
});

describe("an app that installed @whisperr/node", () => {
  let project: EmptyProject;
  beforeAll(() => {
    project = installPacked("node");
  });
  afterAll(() => project.remove());

  const app = (load: string) => `${load}
    const whisperr = createWhisperr({ baseUrl: process.env.BASE_URL });
    whisperr.identify("user_8842", { email: "ada@example.com", traits: { plan: "pro" } });
    whisperr.track("user_8842", "payment_failed", { node: process.version });`;

  it.each(
    NODES.flatMap((node) => [
      [node, "app.mjs", 'import { createWhisperr } from "@whisperr/node";'],
      [node, "app.cjs", 'const { createWhisperr } = require("@whisperr/node");'],
    ]),
  )(
    "delivers what it tracked before it ended, on Node %s, %s",
    async (node = "", fileName = "", load = "") => {
      const api = await startTestApi();
      await project.run(node, fileName, app(load), { BASE_URL: api.url, WHISPERR_API_KEY: "wrk_test" });
      expect(api.store.events).toHaveLength(1);
      expect(JSON.stringify(api.store.events)).toContain(`"v${node}.`);
    },
  );
});
