/** The runner lets time pass only while nothing else can happen, so it must know which requests nobody will answer. */
import { expect, test } from "vitest";
import { startTestApi } from "../api/fixture.ts";
import { createFaults } from "./faults.ts";

test("a request that the SDK gave up is waited for no more, though the API still holds it open", async () => {
  const api = await startTestApi();
  const faults = createFaults(api, "http://other.test");
  faults.allOver({ requests: 7 });
  faults.setDefault({ kind: "hang" });
  const given = new AbortController();
  const request = fetch(`${api.url}/v1/events/batch`, { method: "POST", body: "{}", signal: given.signal });

  const inFlight = () => faults.silent({ requests: 8, span: 1 }).map(({ index }) => index);
  await expect.poll(inFlight, { timeout: 20_000 }).toEqual([0]);
  expect(faults.silent({ requests: 9, span: 2 })).toHaveLength(1);
  expect(faults.silent({ requests: 9, span: 1 }), "the next one is under way").toEqual([]);
  given.abort();
  await expect(request).rejects.toThrow();
});
