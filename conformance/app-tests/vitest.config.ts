import { compile } from "svelte/compiler";
import { defineConfig } from "vitest/config";

/** What an app's bundler does with Svelte's components. */
const svelte = {
  name: "svelte",
  transform: (code: string, id: string) =>
    id.endsWith(".svelte") ? compile(code, { filename: id, generate: "client" }).js : undefined,
};

const PAGES = ["{pages,react,svelte,vue}/**/*.test.{ts,tsx}"];

/** As an app team has it: servers in Node, pages in both documents that are played in Node. The packages are those that were built. */
export default defineConfig({
  test: {
    // Timing is never judged by these limits: generous, so that a busy machine fails nothing.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    maxWorkers: 2,
    expect: { poll: { timeout: 60_000 } },
    reporters: ["default", ["junit", { outputFile: "reports/app-tests.xml" }]],
    projects: [
      {
        extends: true,
        test: { name: "servers", include: ["*.test.ts", "{express,hono,next}/*.test.ts"] },
      },
      ...["jsdom", "happy-dom"].map((environment) => ({
        extends: true as const,
        plugins: [svelte],
        resolve: { conditions: ["browser"] },
        test: { name: environment, environment, include: PAGES, server: { deps: { inline: ["svelte"] } } },
      })),
    ],
  },
});
