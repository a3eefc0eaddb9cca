/** A small ingestion API on a loopback port: records what arrives, answers what a test says. */
import { EventEmitter, once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface ReceivedEvent {
  readonly external_user_id: string;
  readonly event_type: string;
  readonly properties: Record<string, unknown>;
  readonly context: Record<string, unknown>;
}

export interface ReceivedRequest {
  readonly path: string;
  readonly key: string | undefined;
  /** Of an identify: its body, as the only one. */
  readonly events: readonly ReceivedEvent[];
}

export type Answer = (response: ServerResponse, requestNumber: number) => void;

export interface IngestionApi {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** The events of all requests, in the order they came. */
  events(): ReceivedEvent[];
  eventTypes(): string[];
  /** Resolves when that many requests arrived whole. */
  received(count: number): Promise<void>;
}

export const accept: Answer = (response) => {
  response.writeHead(202, { "content-type": "application/json" }).end("{}");
};

/** Never answers. */
export const hang: Answer = () => {};

export const refuse =
  (status: number, body = ""): Answer =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  };

/** Answers 500 to the first `count` requests. */
export const failAtFirst =
  (count: number): Answer =>
  (response, requestNumber) =>
    (requestNumber <= count ? refuse(500) : accept)(response, requestNumber);

/** Starts it; it ends with the test. */
export async function startIngestionApi(answer: Answer = accept): Promise<IngestionApi> {
  const requests: ReceivedRequest[] = [];
  const arrivals = new EventEmitter();

  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const parsed = JSON.parse(body) as ReceivedEvent & { events?: ReceivedEvent[] };
    const key = request.headers["x-api-key"]?.toString();
    requests.push({ path: request.url ?? "", key, events: parsed.events ?? [parsed] });
    arrivals.emit("request");
    answer(response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });

  const events = () => requests.flatMap((request) => request.events);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    events,
    eventTypes: () => events().map((event) => event.event_type),
    async received(count) {
      while (requests.length < count) await once(arrivals, "request");
    },
  };
}

/** A port of this machine on which nobody listens. */
export async function unusedUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
