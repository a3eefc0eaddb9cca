/** Mistakes about what is sent. */
import type { How, SentRequest } from "../mutant.ts";

export interface SentEvent {
  external_user_id?: unknown;
  anonymous_id?: unknown;
  event_type: string;
  occurred_at: string;
  properties: Record<string, unknown>;
  context: Record<string, unknown>;
}

export interface SentIdentify {
  external_user_id: string;
  traits?: Record<string, unknown>;
  channels?: Record<string, unknown>[];
  [field: string]: unknown;
}

/** The message ids of a request, in order. */
export const idsOf = (request: SentRequest): string[] =>
  eventsOf(request).map(({ context }) => String(context.$message_id));

export function eventsOf({ url, body }: SentRequest): SentEvent[] {
  return isIdentify({ url }) ? [] : (JSON.parse(body) as { events: SentEvent[] }).events;
}

export const isIdentify = ({ url }: { url: string }): boolean => url.endsWith("/v1/identify");

/** Nothing but channels that are opted out. */
export const optsOut = ({ channels = [] }: SentIdentify): boolean =>
  channels.length > 0 && channels.every(({ opted_in }) => opted_in === false);

export const withEvents = (request: SentRequest, events: readonly object[]): SentRequest => ({
  ...request,
  body: JSON.stringify({ events }),
});

/** Each request waits for the answer of the one before. */
export const oneAfterTheOther: How = () => {
  let last: Promise<unknown> = Promise.resolve();
  return {
    fetch(request, send) {
      const answer = last.then(() => send(request));
      last = answer.catch(() => {});
      return answer;
    },
  };
};

/** It ends with its page. */
export const withoutKeepalive = ({ keepalive: _, ...request }: SentRequest): SentRequest => request;

export const withRequests =
  (edit: (request: SentRequest) => SentRequest): How =>
  () => ({ fetch: (request, send) => send(edit(request)) });

/** A function of the life makes the edit, for one that remembers. */
export const withEachEvent =
  (begin: () => (event: SentEvent) => object): How =>
  () => {
    const edit = begin();
    return {
      fetch: (request, send) =>
        send(isIdentify(request) ? request : withEvents(request, eventsOf(request).map(edit))),
    };
  };

export const withEachIdentify = (edit: (identify: SentIdentify) => object): How =>
  withRequests((request) =>
    isIdentify(request)
      ? { ...request, body: JSON.stringify(edit(JSON.parse(request.body) as SentIdentify)) }
      : request,
  );

export const withHeaders = (edit: (headers: Record<string, string>) => Record<string, string>): How =>
  withRequests((request) => ({ ...request, headers: edit(request.headers) }));
