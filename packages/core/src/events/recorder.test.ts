import { describe, expect, test } from "vitest";
import { fakePorts } from "../../test/fake-ports.ts";
import type { TrackOperation } from "./operation.ts";
import { createRecorder, recordEvent } from "./recorder.ts";
import { formatMessageId } from "./wire.ts";

const warn = () => {};

const user = { userId: "ada" };

function recorder(context?: object) {
  let uuids = 0;
  const { ports } = fakePorts({ uuid: () => `0000000${++uuids}-0000-4000-8000-000000000000` });
  const record = createRecorder({ apiKey: "wrk_test", context }, warn);
  return (own?: object, automatic?: object) =>
    recordEvent(record, { ports, clockAheadMs: 0 }, user, "bought", {}, own, automatic) as TrackOperation;
}

test("what ids are made of is drawn anew for each millisecond that has events: a clone begins in another one", () => {
  let [nowMs, uuids] = [1000, 0];
  const { ports } = fakePorts({
    nowMs: () => nowMs,
    uuid: () => `0000000${++uuids}-0000-4000-8000-0000fffffff0`,
  });
  const record = createRecorder({ apiKey: "wrk_test" }, warn);
  const idAt = (ms: number) => {
    nowMs = ms;
    const { idPrefix, idNumber } = recordEvent(
      record,
      { ports, clockAheadMs: 0 },
      user,
      "bought",
      {},
      undefined,
    ) as TrackOperation;
    return [idPrefix.slice(0, 8), idNumber.toString(16)];
  };

  expect([1000, 1000, 1001, 1000].map(idAt)).toEqual([
    ["00000001", "3ffffff1"],
    ["00000001", "3ffffff2"],
    ["00000002", "3ffffff1"],
    ["00000003", "3ffffff1"],
  ]);
});

test.each([-1, 1, 8.64e15, -8.64e15])("a clock that shows %d has ids and a time", (nowMs) => {
  const { ports } = fakePorts({ nowMs: () => nowMs });
  const record = createRecorder({ apiKey: "wrk_test" }, warn);
  const made = recordEvent(record, { ports, clockAheadMs: 0 }, user, "bought", {}, undefined);
  expect(formatMessageId(made as TrackOperation)).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(made).toMatchObject({ atMs: nowMs });
});

test("a clock that shows no time has no events", () => {
  const { ports } = fakePorts({ nowMs: () => 8.64e15 + 1 });
  const record = createRecorder({ apiKey: "wrk_test" }, warn);
  expect(() => recordEvent(record, { ports, clockAheadMs: 0 }, user, "bought", {}, undefined)).toThrow(
    expect.objectContaining({ reason: "unserializable", message: "the clock shows no time" }),
  );
});

test("the context of every event names the library, where a runtime has one; the app's own name for it wins", () => {
  const library = { name: "@whisperr/node", version: "1.0.0", runtime: "node/26.0.0" };
  const baseOf = (context?: object) => createRecorder({ apiKey: "wrk_test", context }, warn, library).base;
  expect(baseOf()).toEqual({ library });
  expect(baseOf({ service: "billing" })).toEqual({ library, service: "billing" });
  expect(baseOf({ library: "mine" })).toEqual({ library: "mine" });
});

test("what has no content in the option context is said", () => {
  const said: string[] = [];
  createRecorder(
    { apiKey: "wrk_test", context: { done() {} } },
    (_event, message) => void said.push(message),
  );
  expect(said).toEqual([expect.stringContaining("context.done is a function")]);
});

test("dice that always fall the same give no two events one id", () => {
  let nowMs = 1000;
  const { ports } = fakePorts({ nowMs: () => nowMs++ });
  const record = createRecorder({ apiKey: "wrk_test" }, warn);
  const ids = [1, 2, 3].map(() => {
    const made = recordEvent(record, { ports, clockAheadMs: 0 }, user, "bought", {}, undefined);
    return formatMessageId(made as TrackOperation);
  });
  expect(new Set(ids).size).toBe(3);
});

test("the events of one millisecond share the random part of their ids, and are counted", () => {
  const record = recorder();
  const [one, two] = [record(), record()];

  expect(one.idPrefix).toBe("00000001-0000-4000-8000-");
  expect(two.idPrefix).toBe(one.idPrefix);
  expect([one.idNumber, two.idNumber]).toEqual([1, 2]);
});

test("an option context that cannot be read is refused, and named", () => {
  const context = {
    get plan() {
      throw new Error("not yet");
    },
  };
  expect(() => createRecorder({ apiKey: "wrk_test", context }, warn)).toThrow(
    expect.objectContaining({ option: "context", message: expect.stringContaining("not yet") }),
  );
});

describe("what the runtime knows is in the context", () => {
  test.each<[string, object | undefined]>([
    ["with the app's own", { release: "1.2.3" }],
    ["alone", undefined],
  ])("%s, as long as it says so", (_name, base) => {
    const record = recorder(base);
    const page = { path: "/" };

    expect(JSON.parse(record(undefined, page).context)).toEqual({ path: "/", ...base });
    expect(JSON.parse(record({ a: 1 }, page).context)).toEqual({ path: "/", ...base, a: 1 });
    expect(JSON.parse(record(undefined, { path: "/pay" }).context)).toEqual({ path: "/pay", ...base });
    expect(JSON.parse(record().context)).toEqual({ ...base });
  });
});

test("an event's name is a copy, and the same name is copied once: it may be cut from a text of megabytes", () => {
  const { ports } = fakePorts();
  const record = createRecorder({ apiKey: "wrk_test" }, warn);
  const name = (event: unknown) =>
    recordEvent(record, { ports, clockAheadMs: 0 }, user, event, {}, undefined)?.event;
  expect(["signed_up", "signed_out", "signed_up"].map(name)).toEqual([
    "signed_up",
    "signed_out",
    "signed_up",
  ]);
  expect([...record.known.keys()]).toEqual(["signed_up", "signed_out"]);
  for (let i = 0; i < 3000; i++) name(`event_${i}`);
  expect(record.known.size).toBeLessThanOrEqual(1000);
  expect(() => name("Not Valid")).toThrow(expect.objectContaining({ reason: "invalid_event_type" }));
});
