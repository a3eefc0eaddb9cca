/** The built Durable Object: what it stores under a name it must find under that name, though a build shortens others. */
import type { WhisperrError } from "@whisperr/core";
import { expect, test, vi } from "vitest";
import { aStorage, handedOver } from "../durable-fixtures.ts";

test("failures in a row are counted over rounds, so that a long outage is reported", async () => {
  const { WhisperrOutbox } = (await import(
    /* @vite-ignore */ new URL("../../dist/cloudflare.js", import.meta.url).href
  )) as typeof import("../../src/cloudflare.ts");
  const storage = aStorage();
  const errors: WhisperrError[] = [];
  class Outbox extends WhisperrOutbox {
    override options() {
      return {
        apiKey: "wrk_test",
        maxRetries: 1,
        fetch: async () => new Response("", { status: 503 }),
        onError: (error: WhisperrError) => void errors.push(error),
      };
    }
  }
  const object = new Outbox({ storage }, {});
  const body = JSON.stringify({ whisperr: 1, operations: handedOver(1, 3) });
  await object.fetch(new Request("https://whisperr/operations", { method: "POST", body }));
  const now = vi.spyOn(Date, "now");
  for (let round = 0; round < 3; round++) {
    now.mockReturnValue(storage.alarmMs ?? 0);
    await object.alarm();
  }
  expect(errors).toMatchObject([{ type: "retry_exhausted", status: 503, count: 3 }]);
});
