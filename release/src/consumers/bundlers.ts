/** The bundlers, each by its own command; what they make runs in a real browser. */
import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { Project } from "../project.ts";
import { delivers } from "../proof.ts";
import { run } from "../run.ts";
import { serveFolder } from "../serve-folder.ts";
import { type Consumer, delivered, type Tools } from "./consumer.ts";

const BROWSER = "@whisperr/browser";

export const bundlers: readonly Consumer[] = [
  bundler("Vite", ["vite", "build", "--outDir", "out-vite"]),
  bundler("webpack", [
    "webpack",
    "--mode=production",
    "--entry=./main.js",
    "--output-path=./out-webpack",
    "--output-filename=main.js",
  ]),
  bundler("Rollup, es", [
    "rollup",
    "main.js",
    "-p",
    "node-resolve={browser:true}",
    "-f",
    "es",
    "-d",
    "out-rollup-es",
  ]),
  bundler("Rollup, iife", [
    "rollup",
    "main.js",
    "-p",
    "node-resolve={browser:true}",
    "-f",
    "iife",
    "--inlineDynamicImports",
    "-o",
    "out-rollup-iife/main.js",
  ]),
  bundler("esbuild", ["esbuild", "main.js", "--bundle", "--format=esm", "--outdir=out-esbuild"]),
  bundler("Parcel", ["parcel", "build", "index.html", "--dist-dir", "out-parcel", "--no-cache"]),
  {
    name: "a script tag",
    template: "script-tag",
    packages: [BROWSER],
    async prove(project, proofs, tools) {
      const script = join(project.folder, "node_modules", BROWSER, "dist", "whisperr.iife.js");
      await cp(script, join(project.folder, "whisperr.iife.js"));
      await delivers(proofs, BROWSER, (api) => visit(tools, project.folder, api.url));
    },
  },
];

function bundler(name: string, [tool = "", ...args]: readonly string[]): Consumer {
  const folder = `out-${name.toLowerCase().replace(", ", "-")}`;
  return {
    name,
    template: "bundlers",
    packages: [BROWSER],
    async prove(project, proofs, tools) {
      await run(join(project.folder, "node_modules", ".bin", tool), args, { cwd: project.folder });
      const out = join(project.folder, folder);
      await withPageOf(project, out);
      await delivers(proofs, BROWSER, (api) => visit(tools, out, api.url));
    },
  };
}

/** Bundlers that know no pages get the one that the others are given. */
async function withPageOf(project: Project, out: string): Promise<void> {
  await cp(join(project.folder, "index.html"), join(out, "index.html"), { force: false });
}

async function visit(tools: Tools, folder: string, apiUrl: string): Promise<void> {
  const site = await serveFolder(folder);
  try {
    await tools.withPage(`${site.url}/?api=${encodeURIComponent(apiUrl)}`, delivered);
  } finally {
    await site.close();
  }
}
