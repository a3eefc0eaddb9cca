/** The page of the site: readies the storage, loads the SDK, and does what its plan and the test ask for. */
import type { Ask, PageReport, Plan } from "../site/plan.ts";
import { countStorage } from "./count-storage.ts";
import { watchMainThread } from "./main-thread.ts";
import { watchRequests } from "./request-watch.ts";
import { denyStorage, fillStorage } from "./storage-plight.ts";
import { timeTrack } from "./time-track.ts";
import { keepTracking, trackSteps } from "./track-steps.ts";
import { walk } from "./walk.ts";

export type Client = Record<string, (...args: unknown[]) => unknown>;
type Sdk = { createWhisperr(options: Record<string, unknown>): Client };

declare global {
  var shop: ((ask: Ask) => unknown) | undefined;
}

const plan: Plan = JSON.parse(new URLSearchParams(location.search).get("plan") ?? "{}");
const pageErrors: string[] = [];
const sdkErrors: PageReport["sdkErrors"] = [];
addEventListener("error", (event) => pageErrors.push(`error: ${event.message}`));
addEventListener("unhandledrejection", (event) =>
  pageErrors.push(`unhandled rejection: ${String(event.reason)}`),
);
document.addEventListener("securitypolicyviolation", (event) => {
  pageErrors.push(`policy: ${event.violatedDirective} ${event.blockedURI}`);
});

const mainThread = watchMainThread();
const requests = watchRequests(String(plan.options.baseUrl));
if (plan.storage === "full") fillStorage();
if (plan.storage === "denied") denyStorage();

const { createWhisperr }: Sdk = await import("/sdk/index.js" as string);
const options = {
  ...plan.options,
  onError: (error: PageReport["sdkErrors"][number]) => sdkErrors.push(error),
};
const client = createWhisperr(options);

function answer(ask: Ask): unknown {
  switch (ask.do) {
    case "track":
      return trackSteps(client, ask);
    case "call":
      return client[ask.method]?.(...ask.args);
    case "begin":
      return void client[ask.method]?.(...ask.args);
    case "keepTracking":
      return keepTracking(client, ask);
    case "fillStorage":
      return fillStorage();
    case "timeTrack":
      return timeTrack(client, ask);
    case "countStorage":
      return countStorage(client, ask);
    case "createAgain":
      return createAgain();
    case "heard":
      return requests.heard();
    case "report":
      return report();
    default:
      return ask satisfies never;
  }
}

function report(): PageReport {
  return {
    stats: client.stats?.() as PageReport["stats"],
    sdkErrors: sdkErrors.map(({ type, reason, count, message }) => ({
      type,
      message,
      ...(reason === undefined ? {} : { reason }),
      ...(count === undefined ? {} : { count }),
    })),
    pageErrors,
    ...mainThread(),
    underWay: requests.underWay(),
    leftInFlight: requests.leftInFlight(),
  };
}

/** How many of three further clients are the page's one client in disguise. */
async function createAgain(): Promise<number> {
  const copy: Sdk = await import("/sdk/index.js?copy=2" as string);
  const clients = [createWhisperr(options), copy.createWhisperr(options), copy.createWhisperr(options)];
  for (const again of clients) again.track?.("created_again");
  return clients.filter((again) => again === client).length;
}

globalThis.shop = answer;

if (plan.walk) await walk(client, plan, plan.walk, requests);
