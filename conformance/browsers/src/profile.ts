/** Where a browser keeps its storage: a folder of the caller, who removes it, or a temporary one of its own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Profile {
  dir: string;
  /** Removes a temporary folder; leaves the caller's alone. */
  remove(): void;
}

/** A killed browser's last files can appear while the folder is being removed. */
const REMOVAL_RETRIES = 10;

export function openProfile(dir: string | undefined): Profile {
  if (dir !== undefined) return { dir, remove: () => {} };
  const own = mkdtempSync(join(tmpdir(), "whisperr-profile-"));
  return {
    dir: own,
    remove: () => rmSync(own, { recursive: true, force: true, maxRetries: REMOVAL_RETRIES }),
  };
}
