/** What every compiler takes, without a word. */
import { type Whisperr as BrowserClient, createWhisperr as createBrowserClient } from "@whisperr/browser";
import { useWhisperr } from "@whisperr/browser/react";
import { createWhisperr as createSlimClient } from "@whisperr/browser/slim";
import { createWhisperr as createDenoClient } from "@whisperr/deno";
import { createWhisperr as createEdgeClient, type EventArguments, type EventName } from "@whisperr/edge";
import { withWhisperr } from "@whisperr/edge/cloudflare";
import { createWhisperr, currentWhisperr, type Whisperr } from "@whisperr/node";
import { type ExpressRequest, whisperrExpress } from "@whisperr/node/express";

interface Events {
  payment_failed: { amount_cents: number };
  // biome-ignore lint/suspicious/noConfusingVoidType: apps write it
  signed_in: void;
}

declare module "@whisperr/node" {
  interface Register {
    events: Events;
  }
}
declare module "@whisperr/browser" {
  interface Register {
    events: Events;
  }
}
declare module "@whisperr/edge" {
  interface Register {
    events: Events;
  }
}
declare module "@whisperr/deno" {
  interface Register {
    events: Events;
  }
}

const waitUntil = (promise: Promise<unknown>): void => void promise;
const properties = { amount_cents: 4900 };
const browser: BrowserClient = createBrowserClient({ apiKey: "wrk_test" });
const whisperr: Whisperr = createWhisperr();

for (const server of [whisperr, createEdgeClient({ apiKey: "wrk_test", waitUntil }), createDenoClient()]) {
  server.track("user_1", "payment_failed", properties);
  server.track("user_1", "signed_in");
  server.forUser("user_1").track("payment_failed", properties, { source: "billing" });
}
for (const device of [browser, createSlimClient({ apiKey: "wrk_test" }), useWhisperr()]) {
  device.track("payment_failed", properties);
  device.track("signed_in");
}
currentWhisperr()?.track("payment_failed", properties);

export const worker = withWhisperr(
  (_request, _env, _ctx, client) => {
    client.track("user_1", "payment_failed", properties);
    return new Response();
  },
  () => ({ apiKey: "wrk_test" }),
);

export const middleware = whisperrExpress(whisperr);
export const handler = (request: ExpressRequest & { whisperr: ReturnType<Whisperr["forUser"]> }) =>
  request.whisperr.track("payment_failed", properties);

// A type argument goes before what is registered, and names that are known only at run time are checked then.
interface Other {
  ticket_opened: { ticket_id: string };
}
createWhisperr<Other>().track("user_1", "ticket_opened", { ticket_id: "T-1" });
declare const anyName: string;
declare const someName: `step_${number}`;
const untyped = createWhisperr<{ readonly [event: string]: object }>();
untyped.track("user_1", anyName);
untyped.track("user_1", someName);
untyped.track("user_1", "anything_at_all", { of: "any kind" });

// A client may be wrapped.
export const wrapped: Whisperr = {
  ...whisperr,
  track: (userId, event, ...rest) => whisperr.track(userId, event, ...rest),
};

// So may a call, of any of the app's events.
const edge = createEdgeClient({ apiKey: "wrk_test", waitUntil });
function record<Name extends keyof Events>(
  event: EventName<Name>,
  ...rest: EventArguments<Events[Name]>
): void {
  edge.track("user_1", event, ...rest);
  edge.forUser("user_1").track(event, ...rest);
}
record("payment_failed", properties);
record("signed_in");
// @ts-expect-error Its properties are required.
record("payment_failed");
// @ts-expect-error No event of the app.
record("payment_faild");
