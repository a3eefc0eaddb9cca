import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { afterEach, expect, test, vi } from "vitest";
import { contextOfNow, outsideZones, portsOfNow, timersIn } from "./host-context.ts";

afterEach(() => void vi.unstubAllGlobals());

/** Says what zone.js says: in which zone something runs. */
function zones() {
  let current = "<root>";
  const inZone = <T>(name: string, run: () => T): T => {
    const before = current;
    current = name;
    try {
      return run();
    } finally {
      current = before;
    }
  };
  return {
    current: () => current,
    inZone,
    Zone: { root: { run: <T>(run: () => T) => inZone("<root>", run) } },
  };
}

test("what the SDK does later is done outside the zone of the call, and timers are set there", () => {
  const { current, inZone, Zone } = zones();
  vi.stubGlobal("Zone", Zone);
  const setIn: string[] = [];
  const timers = timersIn(outsideZones, { set: () => setIn.push(current()), clear: () => {} });
  inZone("angular", () => {
    expect(timers.set(() => {}, 1)).toBe(1);
    expect(outsideZones(current)).toBe("<root>");
    expect(current()).toBe("angular");
  });
  expect(setIn).toEqual(["<root>"]);
});

test.each([undefined, null, {}, { root: {} }, 7])("a Zone that is %j is none", (Zone) => {
  vi.stubGlobal("Zone", Zone);
  expect(outsideZones(() => "done")).toBe("done");
});

test("where a host has asynchronous contexts, it is that of the creation", () => {
  const requests = new AsyncLocalStorage<string>();
  const inContext = requests.run("boot", () => contextOfNow({ AsyncResource }));
  const found = requests.run("request 1", () => inContext(() => requests.getStore()));
  expect(found).toBe("boot");
});

test("both at once, and none at all", () => {
  const { current, inZone, Zone } = zones();
  vi.stubGlobal("Zone", Zone);
  const inContext = contextOfNow({ AsyncResource });
  expect(inZone("angular", () => inContext(current))).toBe("<root>");
  expect(inZone("angular", () => contextOfNow(undefined)(current))).toBe("<root>");
});

test("timers are cleared; a host that throws has none", () => {
  const cleared: unknown[] = [];
  const timers = timersIn(outsideZones, { set: () => 7, clear: (handle) => void cleared.push(handle) });
  timers.clear(timers.set(() => {}, 1));
  expect(cleared).toEqual([7]);
  const fail = () => {
    throw new Error("not here");
  };
  const broken = timersIn(outsideZones, { set: fail, clear: fail });
  expect(broken.set(() => {}, 1)).toBeNull();
  expect(() => broken.clear(7)).not.toThrow();
});

test("a client's ports of a call: its timers and all else are of that call's context", () => {
  const requests = new AsyncLocalStorage<string>();
  const setIn: unknown[] = [];
  const timers = { set: () => setIn.push(requests.getStore()), clear: () => {} };
  const ports = requests.run("boot", () => portsOfNow({ AsyncResource }, timers));
  requests.run("request 1", () => {
    ports.timers.set(() => {}, 1);
    expect(ports.inContext(() => requests.getStore())).toBe("boot");
  });
  expect(setIn).toEqual(["boot"]);
});
