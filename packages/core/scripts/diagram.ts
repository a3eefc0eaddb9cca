/** Keeps ARCHITECTURE.md's state diagram true. `--write` writes it; without it a difference is an error. */
import { compareDiagram, writeDiagram } from "../test/state-diagram.ts";

if (process.argv.includes("--write")) {
  writeDiagram();
} else {
  const { found, expected } = compareDiagram();
  if (found !== expected) {
    console.error("The state diagram in ARCHITECTURE.md is out of date; run: npm run docs");
    process.exitCode = 1;
  }
}
