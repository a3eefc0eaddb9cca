/** The end of `npm run setup`: what follows runs on the Node that the repository pins, whatever the machine has. */
const pinned = require("../package.json").devDependencies.node;

if (process.version !== `v${pinned}`) {
  console.error(
    `This is Node ${process.version}, and node_modules should hold ${pinned}: was its install script run?`,
  );
  process.exitCode = 1;
}
