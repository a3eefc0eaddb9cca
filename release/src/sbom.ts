/** `npm run sbom`: a bill of materials (CycloneDX) for each package, in `reports/sbom/`. What ships brings nothing along, and says so. */
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";

const REPOSITORY = join(import.meta.dirname, "..", "..");

export async function billOf(name: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.cdx.json`);
  const args = [
    "--sbom-format",
    "cyclonedx",
    "--sbom-spec-version",
    "1.6",
    "--prod",
    "--exclude-peers",
    "--out",
    file,
  ];
  await run("pnpm", ["--filter", `@whisperr/${name}`, "sbom", ...args], { cwd: REPOSITORY });
  return file;
}

if (import.meta.main) {
  for (const name of readdirSync(join(REPOSITORY, "packages")))
    console.log(await billOf(name, join(REPOSITORY, "reports", "sbom")));
}
