/**
 * The beginning of `npm run setup`: installs what the lockfile says, with the pnpm that the repository pins. The one that an
 * earlier install left here takes a third of a second to see that nothing has changed; npm's `npx` takes eight.
 */
const { spawnSync } = require("node:child_process");
const { packageManager } = require("../package.json");

const pnpm = `pnpm@${installedVersion()}` === packageManager ? "pnpm" : `npx -y ${packageManager}`;
const { status } = spawnSync(`${pnpm} install --frozen-lockfile`, { shell: true, stdio: "inherit" });
process.exitCode = status ?? 1;

function installedVersion() {
  try {
    return require("../node_modules/pnpm/package.json").version;
  } catch {
    return "none";
  }
}
