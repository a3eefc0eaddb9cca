/** For esbuild: a production build, which has `src/production.ts` in the place of `src/development.ts`. */
import { fileURLToPath } from "node:url";

const path = fileURLToPath(new URL("src/production.ts", import.meta.url));

export const production = {
  name: "production",
  setup(build: { onResolve(options: { filter: RegExp }, resolve: () => { path: string }): void }): void {
    build.onResolve({ filter: /\/development\.ts$/ }, () => ({ path }));
  },
};
