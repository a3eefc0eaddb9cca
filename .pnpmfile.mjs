/** The source condition is for this repository: what is published has no sources to point at. */
const SOURCE_CONDITION = "@whisperr/source";

function beforePacking(manifest) {
  for (const entry of Object.values(manifest.exports)) delete entry[SOURCE_CONDITION];
  return manifest;
}

export const hooks = { beforePacking };
