import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { apiReports } from "./api-reports.ts";

test.each(apiReports())("$file is the public surface as it is built (npm run api)", ({ file, text }) => {
  expect(existsSync(file) ? readFileSync(file, "utf8") : "").toBe(text);
});
