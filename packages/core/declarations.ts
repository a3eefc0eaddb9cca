/** How the declarations of the runtime packages hold core's, so that an app needs no other package for them. */
import { fileURLToPath } from "node:url";

/** For tsup's `dts`. It finds a package's main entry only; where the other one is it must be told. */
export const DECLARATIONS = {
  resolve: ["@whisperr/core"],
  compilerOptions: {
    paths: { "@whisperr/core/testing": [fileURLToPath(new URL("dist/testing.d.ts", import.meta.url))] },
  },
};
