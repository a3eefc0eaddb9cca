#!/usr/bin/env node
import { sep } from "node:path";

/** Starts src/main.ts if this Node runs TypeScript, here. One that does not would only say that it knows no such file. */
if (!process.features.typescript)
  refuse(
    `needs Node.js 22.18 or later, and this is ${process.version}. The repository brings one: ` +
      "`npm run setup` in its root, then `npx whisperr-conformance`.",
  );
else if (import.meta.filename.split(sep).includes("node_modules"))
  refuse(
    "is TypeScript, which Node.js does not run below node_modules: use it in a checkout of its repository, or unpack it elsewhere.",
  );
else {
  // Worlds are simulated with the SDKs' sources as they are, built or not.
  const { registerHooks } = await import("node:module");
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: [...context.conditions, "@whisperr/source"] }),
  });
  await import("../src/main.ts");
}

function refuse(why) {
  process.stderr.write(`whisperr-conformance ${why}\n`);
  process.exitCode = 2;
}
