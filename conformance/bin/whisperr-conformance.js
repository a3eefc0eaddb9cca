#!/usr/bin/env node
/** Starts src/main.ts if this Node runs TypeScript. One that does not would only say that it knows no such file. */
if (process.features.typescript) {
  // Worlds are simulated with the SDKs' sources as they are, built or not.
  const { registerHooks } = await import("node:module");
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: [...context.conditions, "@whisperr/source"] }),
  });
  await import("../src/main.ts");
} else {
  process.stderr.write(
    `whisperr-conformance needs Node.js 22.18 or later, and this is ${process.version}. The repository brings one: ` +
      "`npm run setup` in its root, then `npx whisperr-conformance`.\n",
  );
  process.exitCode = 2;
}
