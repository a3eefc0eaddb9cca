/** Mistakes about what an app's `beforeSend` gives back (contract, section 7). */
import type { How, Mutant } from "../mutant.ts";

type Event = Record<string, unknown>;
type BeforeSend = (event: Event) => Event | null;

const NAME = /^[a-z0-9]+(?:_[a-z0-9]+)*$/;

const asking =
  (stand: (event: Event, ask: BeforeSend) => Event | null): How =>
  () => ({
    options: (options) => ({
      ...options,
      beforeSend: (event: Event) => stand(event, options.beforeSend as BeforeSend),
    }),
  });

export const beforeSendMutants: readonly Mutant[] = [
  {
    id: "before-send-watches-only",
    does: "Shows events to beforeSend and sends them as they were.",
    how: asking((event, ask) => {
      ask({ ...event });
      return event;
    }),
    caughtBy: { "before-send.changes": /properties\[0\]\.added: missing/ },
  },
  {
    id: "before-send-user-fixed",
    does: "Lets beforeSend change everything but whose an event is.",
    how: asking((event, ask) => {
      const { external_user_id } = event;
      const changed = ask(event);
      return changed && { ...changed, external_user_id };
    }),
    caughtBy: {
      "before-send.changes-user": /stored owners\[0\]: expected "user_2", got "user_1"/,
      "before-send.takes-user-away": /number of requests|expected 1 requests, the API saw 2/,
    },
  },
  {
    id: "before-send-opt-out-later",
    does: "Records the event whose beforeSend opts the user out, and opts out once it is sent.",
    how: () => {
      let isRecording = false;
      let isOut = false;
      return {
        client: ({ track, optOut, flush }) => ({
          track(...args) {
            isRecording = true;
            track(...args);
            isRecording = false;
            if (isOut) void flush().then(optOut);
          },
          optOut() {
            isOut = isRecording;
            if (!isRecording) optOut?.();
          },
        }),
      };
    },
    caughtBy: { "consent.in-before-send": /number of requests: expected 0, got 1/ },
  },
  {
    id: "before-send-shutdown-later",
    does: "Records the event whose beforeSend shuts the client down, and shuts down once it is sent.",
    how: () => {
      let isRecording = false;
      let isAsked = false;
      return {
        client: ({ track, shutdown, flush }) => ({
          track(...args) {
            isRecording = true;
            track(...args);
            isRecording = false;
            if (isAsked) void flush().then(() => shutdown());
          },
          shutdown(options) {
            if (!isRecording) return shutdown(options);
            isAsked = true;
            return flush();
          },
        }),
      };
    },
    caughtBy: { "shutdown.in-before-send": /number of requests: expected 0, got 1/ },
  },
  {
    id: "before-send-null-sends",
    does: "Sends what beforeSend leaves out.",
    how: asking((event, ask) => ask(event) ?? event),
    caughtBy: { "before-send.leaves-out": /types: expected 2 items, got 3/ },
  },
  {
    id: "before-send-nonsense-ignored",
    does: "Sends the event as it was when what beforeSend gives back makes no sense.",
    how: asking((event, ask) => {
      const given = structuredClone(event);
      const changed = ask(event);
      try {
        JSON.stringify(changed);
        return NAME.test(String(changed?.event_type)) ? changed : given;
      } catch {
        return given;
      }
    }),
    caughtBy: {
      "before-send.returns-nonsense": /expected 0 requests, the API saw 1/,
      "before-send.returns-circular": /expected 0 requests, the API saw 1/,
    },
  },
];
