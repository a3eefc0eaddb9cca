/** The places beside `createWhisperr()` where a page finds a client: each knows the shop's events, and refuses any other. */
import type { Whisperr as AngularClient } from "@whisperr/browser/angular";
import { useWhisperr as useReactClient } from "@whisperr/browser/react";
import { useWhisperr as useSvelteClient } from "@whisperr/browser/svelte";
import { createTestWhisperr as createTestPage } from "@whisperr/browser/testing";
import { useWhisperr as useVueClient } from "@whisperr/browser/vue";
import { createWhisperr as createWorkerClient } from "@whisperr/browser/worker";
import "./browser.ts";

declare const angular: AngularClient;

const properties = { amount_cents: 4900 };

angular.track("payment_failed", properties);
// @ts-expect-error No event of the shop.
angular.track("payment_faild", properties);
useReactClient().track("payment_failed", properties);
// @ts-expect-error No event of the shop.
useReactClient().track("payment_faild", properties);
useSvelteClient().track("payment_failed", properties);
// @ts-expect-error No event of the shop.
useSvelteClient().track("payment_faild", properties);
useVueClient().track("payment_failed", properties);
// @ts-expect-error No event of the shop.
useVueClient().track("payment_faild", properties);
createWorkerClient({ apiKey: "wrk_browser" }).track("payment_failed", properties);
// @ts-expect-error No event of the shop.
createWorkerClient({ apiKey: "wrk_browser" }).track("payment_faild", properties);
createTestPage().track("payment_failed", properties);
// @ts-expect-error No event of the shop.
createTestPage().track("payment_faild", properties);
