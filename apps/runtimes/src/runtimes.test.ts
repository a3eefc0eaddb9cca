import { startTestApi } from "@whisperr/conformance/api/fixture";
import { expect, test } from "vitest";
import { runtimes } from "./index.ts";

test.each(runtimes.map((runtime) => [runtime.name, runtime] as const))(
  "what the program on %s tracks arrives",
  async (name, { run }) => {
    const api = await startTestApi();
    const untilArrived = () => api.waitForRequests(1, 30_000);
    await run({ apiKey: "wrk_test", baseUrl: api.url, user: "ada", untilArrived });
    await untilArrived();
    expect(api.store.events).toMatchObject([{ eventType: "job_done", properties: { runtime: name } }]);
  },
);
