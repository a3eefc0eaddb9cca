/**
 * Takes the comments on whole files out of the declarations in `dist/` of the package that is built: bundled, they would stand
 * on whatever comes first in the file, and an editor would show them there.
 */
import { globSync, readFileSync, writeFileSync } from "node:fs";

/** A comment at the start of a line that something else than its declaration follows: an empty line, or another comment. */
const FILE_COMMENT = /^\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n(?=\n|\/\*\*)\n*/gm;

for (const file of globSync("dist/**/*.d.{ts,cts}"))
  writeFileSync(file, readFileSync(file, "utf8").replaceAll(FILE_COMMENT, ""));
