/** An ingestion API for device clients: requests stay open until the test answers, and what it accepted it remembers. */
import { expect } from "vitest";
import type { FetchInit, FetchLike, FetchResponse } from "../src/ports.ts";

export interface DeviceEvent {
  readonly external_user_id?: string;
  readonly anonymous_id?: string;
  readonly event_type: string;
  readonly properties: Record<string, unknown>;
  readonly context: Record<string, unknown>;
}

export interface DeviceIdentifyBody {
  readonly external_user_id: string;
  readonly anonymous_id?: string;
  readonly traits?: Record<string, unknown>;
  readonly channels?: readonly { readonly channel: string; readonly address: string; opted_in: boolean }[];
}

export interface DeviceRequest {
  readonly events: readonly DeviceEvent[];
  readonly identify: DeviceIdentifyBody | undefined;
  /** The client let go of it, or its page is gone: it may arrive all the same. */
  aborted: boolean;
  answered: boolean;
  answer(status: number): void;
  /** The server takes it, and nobody hears of that. */
  arrive(): void;
}

export interface DeviceServer {
  readonly fetch: FetchLike;
  readonly requests: readonly DeviceRequest[];
  /** Neither answered nor aborted. */
  open(): DeviceRequest[];
  /** What was accepted, in order. */
  readonly events: DeviceEvent[];
  readonly identifies: DeviceIdentifyBody[];
  /** `user address` → opted in, of push channels. */
  readonly tokens: Map<string, boolean>;
}

export function deviceServer(onRequest: (request: DeviceRequest) => void = () => {}): DeviceServer {
  const requests: DeviceRequest[] = [];
  const events: DeviceEvent[] = [];
  const identifies: DeviceIdentifyBody[] = [];
  const tokens = new Map<string, boolean>();

  function accept({ identify, events: sent }: DeviceRequest): void {
    events.push(...sent);
    if (identify === undefined) return;
    identifies.push(identify);
    for (const { channel, address, opted_in } of identify.channels ?? []) {
      if (channel === "push") tokens.set(`${identify.external_user_id} ${address}`, opted_in);
    }
  }

  function fetch(url: string, init: FetchInit): Promise<FetchResponse> {
    const body = JSON.parse(init.body) as DeviceIdentifyBody & { readonly events?: readonly DeviceEvent[] };
    return new Promise((resolve) => {
      const request: DeviceRequest = {
        events: body.events ?? [],
        identify: url.endsWith("/v1/identify") ? body : undefined,
        aborted: false,
        answered: false,
        answer(status) {
          expect(request.answered, "a request is answered once").toBe(false);
          request.answered = true;
          if (status < 300) accept(request);
          resolve({ status, headers: new Headers(), text: async () => "" });
        },
        arrive: () => accept(request),
      };
      (init.signal as AbortSignal).addEventListener("abort", () => {
        request.aborted = true;
      });
      requests.push(request);
      onRequest(request);
    });
  }

  const open = () => requests.filter((request) => !request.answered && !request.aborted);
  return { fetch, requests, open, events, identifies, tokens };
}
