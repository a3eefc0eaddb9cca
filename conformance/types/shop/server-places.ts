/** The places beside `createWhisperr()` where a server finds a client: each knows the shop's events, and refuses any other. */
import type { WhisperrVariables } from "@whisperr/edge/hono";
import { createWhisperr as createNextClient } from "@whisperr/edge/next";
import { createTestWhisperr as createTestWorker } from "@whisperr/edge/testing";
import type { FastifyOptions } from "@whisperr/node/fastify";
import type { HonoOptions } from "@whisperr/node/hono";
import type { KoaOptions } from "@whisperr/node/koa";
import type { WithWhisperr } from "@whisperr/node/lambda";
import type { RequestWhisperr, WhisperrService } from "@whisperr/node/nestjs";
import type { NitroOptions } from "@whisperr/node/nitro";
import type { whisperrContext } from "@whisperr/node/react-router";
import { createTestWhisperr as createTestServer } from "@whisperr/node/testing";
import "@whisperr/node/express";
import "@whisperr/node/sveltekit";
import type { events } from "./events.ts";
import "./server.ts";

declare module "@whisperr/edge" {
  interface Register {
    events: typeof events;
  }
}

/** What `resolveUser` gets: the request, as the framework has it. */
type RequestOf<Options extends { readonly resolveUser?: unknown }> = Parameters<
  Extract<Options["resolveUser"], (...given: never[]) => unknown>
>[0];

declare const express: Express.Request;
declare const reactRouter: NonNullable<(typeof whisperrContext)["defaultValue"]>;
declare const svelteKit: App.Locals;
declare const fastify: RequestOf<FastifyOptions>;
declare const koa: RequestOf<KoaOptions>;
declare const nitro: RequestOf<NitroOptions>;
declare const hono: RequestOf<HonoOptions>;
declare const edgeHono: WhisperrVariables;
declare const lambda: WithWhisperr;
declare const nest: WhisperrService;
declare const nestRequest: RequestWhisperr;

const properties = { amount_cents: 4900 };

express.whisperr.track("payment_failed", properties);
// @ts-expect-error No event of the shop.
express.whisperr.track("payment_faild", properties);
fastify.whisperr.track("payment_failed", properties);
// @ts-expect-error No event of the shop.
fastify.whisperr.track("payment_faild", properties);
hono.get("whisperr").track("payment_failed", properties);
// @ts-expect-error No event of the shop.
hono.get("whisperr").track("payment_faild", properties);
koa.whisperr.track("payment_failed", properties);
// @ts-expect-error No event of the shop.
koa.whisperr.track("payment_faild", properties);
lambda.whisperr.track("payment_failed", properties);
// @ts-expect-error No event of the shop.
lambda.whisperr.track("payment_faild", properties);
nestRequest.track("payment_failed", properties);
// @ts-expect-error No event of the shop.
nestRequest.track("payment_faild", properties);
nitro.context.whisperr.track("payment_failed", properties);
// @ts-expect-error No event of the shop.
nitro.context.whisperr.track("payment_faild", properties);
reactRouter.track("payment_failed", properties);
// @ts-expect-error No event of the shop.
reactRouter.track("payment_faild", properties);
svelteKit.whisperr.track("payment_failed", properties);
// @ts-expect-error No event of the shop.
svelteKit.whisperr.track("payment_faild", properties);
nest.track("user_1", "payment_failed", properties);
// @ts-expect-error No event of the shop.
nest.track("user_1", "payment_faild", properties);
createNextClient().track("user_1", "payment_failed", properties);
// @ts-expect-error No event of the shop.
createNextClient().track("user_1", "payment_faild", properties);
createTestServer().track("user_1", "payment_failed", properties);
// @ts-expect-error No event of the shop.
createTestServer().track("user_1", "payment_faild", properties);
createTestWorker().track("user_1", "payment_failed", properties);
// @ts-expect-error No event of the shop.
createTestWorker().track("user_1", "payment_faild", properties);
edgeHono.whisperr.track("user_1", "payment_failed", properties);
// @ts-expect-error No event of the shop.
edgeHono.whisperr.track("user_1", "payment_faild", properties);
