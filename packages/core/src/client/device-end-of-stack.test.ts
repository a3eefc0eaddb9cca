/** As an app calls in the `catch` of an endless recursion: from the last frames of the call stack, on a device. */
import { expect, test } from "vitest";
import { deviceFixture } from "../../test/device-fixture.ts";
import { callFromEnd } from "../../test/end-of-stack.ts";
import { settle } from "../../test/fake-ports.ts";
import type { DeviceClient } from "./device.ts";

const CALLS: readonly (readonly [name: string, call: (client: DeviceClient) => unknown])[] = [
  ["track()", (client) => client.track("step_failed", { n: 1 })],
  ["identify()", (client) => client.identify("user_1", { email: "ada@example.com" })],
  ["flush()", (client) => client.flush()],
  ["setPushToken()", (client) => client.setPushToken("token_1")],
  ["reset()", (client) => client.reset()],
  ["optOut() and optIn()", (client) => [client.optOut(), client.optIn()]],
];

test.each(CALLS)(
  "%s at the end of the call stack leaves nothing stuck and the books right",
  async (_name, call) => {
    for (const user of [undefined, "user_1"]) {
      const { client, timers, server, loop } = deviceFixture({
        options: { requestTimeoutMs: 98_765, maxQueueSize: 20 },
      });
      if (user) client.identify(user);
      client.track("before");
      const waiting: unknown[] = [];
      callFromEnd(() => waiting.push(call(client)));
      client.identify("user_2");
      client.track("after");
      let over = false;
      void Promise.all([...waiting, client.flush()]).then(() => {
        over = true;
      });
      for (let i = 0; i < 400 && !over; i++) {
        await settle();
        for (; server.open().length > 0; await settle()) server.open()[0]?.answer(202);
        const delay = timers.delays().find((ms) => ms !== 98_765);
        if (delay !== undefined && !over) timers.fire(delay);
      }
      expect(over).toBe(true);
      const { accepted, delivered, dropped, pending } = loop.stats();
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0);
      expect({ pending, missing: accepted - delivered - lost }).toEqual({ pending: 0, missing: 0 });
    }
  },
);
