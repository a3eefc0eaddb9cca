/** Writes down, as JSON Schema, what cases and subjects are checked against: for editors, and for authors in other languages. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { caseFile } from "./case.ts";
import { subjectFile } from "./subject.ts";

const folder = join(import.meta.dirname, "..");

/** By the name of their file, in the conformance folder. */
export const schemaFiles: Readonly<Record<string, string>> = {
  "cases.schema.json": jsonSchema(caseFile),
  "subjects.schema.json": jsonSchema(subjectFile),
};

function jsonSchema(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema, {
    io: "input",
    override({ jsonSchema: part }) {
      // What every whole number that JavaScript can hold is, is nobody's limit.
      if (part.maximum === Number.MAX_SAFE_INTEGER) delete part.maximum;
      if (part.minimum === Number.MIN_SAFE_INTEGER) delete part.minimum;
    },
  });
  return `${JSON.stringify(json, null, 2)}\n`;
}

if (import.meta.main && process.argv.includes("--write")) {
  for (const [name, text] of Object.entries(schemaFiles)) writeFileSync(join(folder, name), text);
}
