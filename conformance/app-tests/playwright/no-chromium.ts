/** In the place of the tests on a machine that has none of the browsers they need. */
import { expect, test } from "@playwright/test";
import { availableEngines } from "@whisperr/conformance-browsers";

const missing = availableEngines().find(({ engine }) => engine === "chromium")?.missing;

test(`not run: ${missing}`, () => {
  expect(process.env.CI, "it has to be there in CI").toBeUndefined();
  test.info().skip();
});
