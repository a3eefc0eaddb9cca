/** Both supported Express versions behind one type, and an app of either served on a loopback port. */
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import express5, { type Express, type RequestHandler } from "express";
import { onTestFinished } from "vitest";

// Express 4 is installed under another name, which no type package covers; what is used here is the same in both.
const express4 = createRequire(import.meta.url)("express4") as typeof express5;

export const expressVersions = [
  ["Express 4", express4],
  ["Express 5", express5],
] as const;

/** Does a GET on a new app that has these handlers, and returns the answer's status. */
export async function request(create: () => Express, ...handlers: RequestHandler[]): Promise<number> {
  const app = create();
  app.set("env", "test");
  app.use(...handlers);
  const server = createServer(app);
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/checkout`, { headers: { "x-user": "from_header" } });
  await response.arrayBuffer();
  return response.status;
}

/** A handler that puts something on the request, as authentication middleware does. */
export function authenticate(fields: object): RequestHandler {
  return (req, _res, next) => {
    Object.assign(req, fields);
    next();
  };
}

/** The route: records something and answers 200. */
export const checkout: RequestHandler = (req, res) => {
  req.whisperr.track("checkout_completed", { amount_cents: 4900 });
  res.sendStatus(200);
};
