/**
 * `npm run setup`: installs what the lockfile says, with the pnpm that the repository pins. The one that an
 * earlier install left here takes a third of a second to see that nothing has changed; npm's `npx` takes eight.
 * What follows runs on the Node that the repository pins, whatever the machine has: it has to be there then.
 */
const { spawnSync } = require("node:child_process");
const { packageManager, devDependencies } = require("../package.json");

const pnpm = `pnpm@${installedVersion()}` === packageManager ? "pnpm" : `npx -y ${packageManager}`;
const { status } = spawnSync(`${pnpm} install --frozen-lockfile`, { shell: true, stdio: "inherit" });
process.exitCode = status ?? 1;
if (status === 0) requirePinnedNode(devDependencies.node);

/** Asks a shell of its own: the one that has started this script remembers where it found `node` and looks no more. */
function requirePinnedNode(pinned) {
  const { stdout } = spawnSync("node -p process.version", { shell: true, encoding: "utf8" });
  const version = stdout.trim();
  if (version === `v${pinned}`) return;
  console.error(
    `This is Node ${version}, and node_modules should hold ${pinned}: was its install script run?`,
  );
  process.exitCode = 1;
}

function installedVersion() {
  try {
    return require("../node_modules/pnpm/package.json").version;
  } catch {
    return "none";
  }
}
