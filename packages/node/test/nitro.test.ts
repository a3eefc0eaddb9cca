import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp, defineEventHandler, toNodeListener, useSession } from "h3";
import { expect, onTestFinished, test } from "vitest";
import { whisperrNitro } from "../src/nitro.ts";
import { createTestWhisperr } from "../src/testing.ts";

const session = { password: "a-password-of-at-least-32-characters" };

/** What Nitro makes of a plugin and a route, without its build. */
async function serve(whisperr = createTestWhisperr()) {
  const h3App = createApp();
  const closing: (() => Promise<void>)[] = [];
  const hook = (_name: "close", listener: () => Promise<void>) => closing.push(listener);
  whisperrNitro(whisperr)({ h3App, hooks: { hook } });
  const route = defineEventHandler(async (event) => {
    const { update } = await useSession(event, session);
    await update({ user: { id: "ada" } });
    event.context.whisperr.track("plan_upgraded");
    return "upgraded";
  });
  h3App.use(route);
  const server = createServer(toNodeListener(h3App)).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  return { whisperr, closing, url: `http://127.0.0.1:${port}` };
}

test("the user may stand in a session of h3, and the close hook shuts the client down", async () => {
  const { whisperr, closing, url } = await serve();
  const response = await fetch(url, { headers: { connection: "close" } });
  expect(await response.text()).toBe("upgraded");
  for (const close of closing) await close();
  expect(whisperr.tracked("plan_upgraded")).toMatchObject([{ userId: "ada" }]);
  expect(whisperr.stats()).toMatchObject({ delivered: 1, pending: 0 });
});

test("an app of another Nitro is refused, with the reason", () => {
  const plugin = whisperrNitro(createTestWhisperr());
  expect(() => plugin({ hooks: { hook() {} } } as never)).toThrow(/is for Nitro 2, the server of Nuxt/);
});
