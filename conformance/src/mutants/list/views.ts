/** Mistakes of client SDKs about what a browser knows by itself (contract, section 6). */
import { withClient } from "../hooks/calls.ts";
import { always, ignoring, withOptions } from "../hooks/options.ts";
import { withEachEvent, withEachIdentify } from "../hooks/requests.ts";
import type { How, Mutant } from "../mutant.ts";

const withSession = (session: () => string): How =>
  withEachEvent(() => {
    const session_id = session();
    return (event) => ({ ...event, context: { ...event.context, session_id } });
  });

export const viewMutants: readonly Mutant[] = [
  {
    id: "address-with-its-query",
    does: "Sends the whole address of the page, secrets and all.",
    how: always({ pageQuery: true }),
    caughtBy: { "page.address": /url: expected .*token=secret/ },
  },
  {
    id: "address-cut-for-all",
    does: "Leaves out query and fragment although the app asks for them.",
    how: ignoring("pageQuery"),
    caughtBy: { "page.address-whole": /url: expected/ },
  },
  {
    id: "view-without-its-page",
    does: "Records page views that do not say of which page.",
    how: withEachEvent(() => (event) => ({
      ...event,
      context: { $message_id: event.context.$message_id },
    })),
    caughtBy: { "page.on-load": /contexts\[0\]\.page: missing/ },
  },
  {
    id: "view-of-the-first-page",
    does: "Records the first page of a visit alone.",
    how: withOptions((options) => {
      const isFirst = sessionStorage.getItem("mutant") === null;
      sessionStorage.setItem("mutant", "was here");
      return { ...options, pageViews: isFirst };
    }),
    caughtBy: { "page.on-every-load": /expected "page_viewed×2", got "page_viewed"/ },
  },
  {
    id: "views-not-to-be-turned-off",
    does: "Records page views although the app does not want them.",
    how: always({ pageViews: true }),
    caughtBy: { "page.off": /number of requests: expected 0, got \d/ },
  },
  {
    id: "page-without-its-properties",
    does: "Leaves out what the app gives to page().",
    how: withClient(({ page }) => ({ page: () => page?.() })),
    caughtBy: { "page.called": /stored properties\[0\]\.n: missing/ },
  },
  {
    id: "own-context-wins",
    does: "Writes its own page over the one the app gives.",
    how: withEachEvent(() => (event) => ({
      ...event,
      context: { ...event.context, page: { path: location.pathname } },
    })),
    caughtBy: { "context.app-wins": /contexts\[0\]\.page\.path: expected "\/virtual"/ },
  },
  {
    id: "session-without-end",
    does: "Never ends a session.",
    how: withSession(() => "one"),
    caughtBy: { "session.half-hour": /sessions\[3\]: expected "session 2", got "session 1"/ },
  },
  {
    id: "session-until-the-clock-is-there",
    does: "Takes a clock that was set back for no time at all, until it shows later than it did.",
    how: withEachEvent(() => {
      let session_id = "";
      let latestMs = Number.NEGATIVE_INFINITY;
      return (event) => {
        const atMs = Date.parse(event.occurred_at);
        if (atMs - latestMs >= 1_800_000) session_id = crypto.randomUUID();
        latestMs = Math.max(latestMs, atMs);
        return { ...event, context: { ...event.context, session_id } };
      };
    }),
    caughtBy: { "session.clock-set-back": /sessions\[2\]: expected .*got "session 1"/ },
  },
  {
    id: "session-of-a-page",
    does: "Begins a session with every page.",
    how: withSession(() => crypto.randomUUID()),
    caughtBy: { "session.survives-reload": /sessions\[1\]: expected "session 1", got "session 2"/ },
  },
  {
    id: "device-not-looked-at",
    does: "Adds neither time zone nor language.",
    how: always({ traitsFromDevice: false }),
    caughtBy: { "traits.from-device": /traits\.timezone: missing/ },
  },
  {
    id: "device-wins",
    does: "Writes the device's time zone over the one the app gives.",
    how: withEachIdentify((identify) => ({
      ...identify,
      traits: { ...identify.traits, timezone: "Europe/Berlin" },
    })),
    caughtBy: { "traits.app-wins": /traits\.timezone: expected "Asia\/Tokyo"/ },
  },
  {
    id: "device-always-looked-at",
    does: "Adds time zone and language although the app does not want them.",
    how: always({ traitsFromDevice: true }),
    caughtBy: { "traits.off": /traits: expected no such key/ },
  },
];
