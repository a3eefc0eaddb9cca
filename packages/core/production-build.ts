/** For esbuild: production builds, which have files of fewer checks and words in the place of others. */
import { fileURLToPath } from "node:url";

interface Plugin {
  readonly name: string;
  setup(build: { onResolve(options: { filter: RegExp }, resolve: () => { path: string }): void }): void;
}

const instead = (name: string, filter: RegExp, file: string): Plugin => {
  const path = fileURLToPath(new URL(file, import.meta.url));
  return { name, setup: (build) => build.onResolve({ filter }, () => ({ path })) };
};

/** Without the checks of options: `src/production.ts` in the place of `src/development.ts`. */
export const production = instead("production", /\/development\.ts$/, "src/production.ts");

/** What became of operations in words, not in sentences. */
export const fewWords = instead("few-words", /\/sentences\.ts$/, "src/report/words.ts");
