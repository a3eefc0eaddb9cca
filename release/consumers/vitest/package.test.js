import { createWhisperr } from "@whisperr/node";
import { expect, test } from "vitest";

test("an app's test delivers", async () => {
  const whisperr = createWhisperr({ baseUrl: process.env.API_URL });
  whisperr.track("user_8842", "package_installed", { package: "@whisperr/node" });
  expect(await whisperr.shutdown()).toMatchObject({ pending: 0 });
});
