/** What the app does where nothing but Hono serves it. */
import { describe, expect, test } from "vitest";
import { BATCH_PATH } from "./endpoint-paths.ts";
import { anApp } from "./fixture.ts";
import { aBatch, anEvent, aPost } from "./test-requests.ts";

describe("the record", () => {
  test("forgets the oldest requests beyond its limit, but still counts them", async () => {
    const app = anApp({ maxRecordedRequests: 2 });
    for (const id of ["1", "2", "3"]) await app.answer(BATCH_PATH, aBatch(anEvent(id)));
    await app.answer("/nowhere", aPost({}));
    expect(app.requests.map((request) => request.index)).toEqual([2, 3]);
    expect(app.answerCounts()).toEqual({ [BATCH_PATH]: { "202": 3 }, other: { "404": 1 } });
    expect(app.inFlight()).toBe(0);
  });
});

describe("without a connection", () => {
  test.each([
    { kind: "reset", when: "before" },
    { kind: "accept-and-lose-answer" },
    { kind: "raw-answer", text: "" },
  ] as const)("the fault $kind says that it needs one, and stores nothing", async (fault) => {
    const app = anApp({ script: [fault] });
    const answer = await app.answer(BATCH_PATH, aBatch(anEvent("1")));
    expect(answer.json.error.code).toBe("fault_needs_connection");
    expect(app.store.events).toEqual([]);
  });

  test("hanging requests end when the app stops", async () => {
    const app = anApp({ script: [{ kind: "hang" }] });
    const hanging = app.app.request(BATCH_PATH, aBatch(anEvent("1")));
    await app.waitForRequests(1, 5_000);
    expect(app.inFlight()).toBe(1);
    app.stop();
    await hanging;
    expect(app.requests[0]?.outcome).toBe("hung");
  });
});
