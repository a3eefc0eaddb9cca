/** The edge function that holds the driver and the SDK. */

import { driveRequest } from "@whisperr/conformance/drivers/edge-driver.ts";
import { channel, createWhisperr } from "@whisperr/edge";

interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
  waitUntil(promise: Promise<unknown>): void;
}

addEventListener("fetch", (event) => {
  const { request, respondWith, waitUntil } = event as FetchEvent;
  const held = (promise: Promise<unknown>) => waitUntil.call(event, promise);
  respondWith.call(event, driveRequest({ channel, createWhisperr }, { url: request.url, waitUntil: held }));
});
