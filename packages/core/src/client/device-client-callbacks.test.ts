/** An app that calls back in from its own fetch, or from every onError. */
import { expect, test } from "vitest";
import { deviceFixture, imbalance } from "../../test/device-fixture.ts";
import { deviceServer } from "../../test/device-server.ts";
import { settle } from "../../test/fake-ports.ts";
import type { DeviceClient } from "./device.ts";

/** Far more than any of these should take. Beyond it the app behaves, so that a test fails instead of hanging. */
const MANY = 1000;

test("optOut() inside fetch lets go of the very request that carries the events", async () => {
  const server = deviceServer();
  const aborted: boolean[] = [];
  const fixture = deviceFixture({
    server: {
      ...server,
      fetch(url, init) {
        const signal = init.signal as AbortSignal;
        signal.addEventListener("abort", () => aborted.push(true));
        if (init.body.includes("one")) fixture.client.optOut();
        return server.fetch(url, init);
      },
    },
  });
  fixture.client.setPushToken("token");
  fixture.client.identify("ada");
  await fixture.deliver();
  fixture.client.track("one");
  void fixture.client.flush();
  await settle();

  expect(aborted).toEqual([true]);
  const [next] = server.open();
  expect(next?.identify?.channels, "the opt-out does not wait for what nobody wants").toMatchObject([
    { address: "token", opted_in: false },
  ]);
  expect(fixture.client.stats()).toMatchObject({ dropped: { opted_out: 1 }, pending: 1 });
  expect(imbalance(fixture)).toBe(0);
});

test.each<[string, (client: DeviceClient) => void]>([
  [
    "track() and reset()",
    (client) => {
      client.track("heard");
      void client.reset();
    },
  ],
  [
    "optIn(), track() and optOut()",
    (client) => {
      client.optIn();
      client.track("heard");
      client.optOut();
    },
  ],
  [
    "identify(), setPushToken(), flush() and reset()",
    (client) => {
      client.identify("ada");
      client.setPushToken("token");
      void client.flush();
      void client.reset();
    },
  ],
])("%s in each onError end, while events wait for a user", async (_calls, call) => {
  let calls = 0;
  const fixture = deviceFixture({
    device: { holds: true },
    options: {
      maxQueueSize: 2,
      onError() {
        if (++calls <= MANY) call(fixture.client);
      },
    },
  });
  for (let i = 0; i < 4; i++) fixture.client.track("one");
  await settle();

  expect(calls).toBeGreaterThan(0);
  expect(calls).toBeLessThan(30);
  expect(imbalance(fixture)).toBe(0);
});
