/** What must hold of middleware, whichever framework it is for. Each check says what is wrong, or nothing. */
import { setTimeout as realLater } from "node:timers/promises";
import { type App, type Deploy, later, Platform, pass, setStage, type Tracking } from "./stage.ts";

type Check = (deploy: Deploy) => Promise<string | undefined>;

const isSettled = async (promise: Promise<unknown>): Promise<boolean> => {
  let settled = false;
  const done = () => {
    settled = true;
  };
  promise.then(done, done);
  await pass(0);
  return settled;
};

/** What a handler tracks goes out when it returns, and holds its request until it is answered. */
const delivers: Check = async (deploy) => {
  const { options, requests, holdAnswers } = setStage();
  const app = deploy(() => options);
  const platform = new Platform();
  const release = holdAnswers();
  const response = app(platform, (whisperr) => {
    whisperr.track("user_1", "a");
    whisperr.track("user_1", "b");
    return "a response";
  });
  if (!(await isSettled(response))) return "the response waits for delivery";
  if ((await response) !== "a response") return "the response is another one";
  if (platform.given === 0) return "the request is not held";
  await pass(60);
  if (requests.join(";") !== "a,b") return `sent after the handler: ${requests.join(";") || "nothing"}`;
  if (platform.open === 0) return "the request is let go before the answer";
  release();
  await pass(1000);
  return platform.open > 0 ? "the request is held for ever" : undefined;
};

/** While a handler runs, what it tracks waits for what it tracks next. */
const waitsForTheHandler: Check = async (deploy) => {
  const { options, requests } = setStage();
  const app = deploy(() => options);
  const response = app(new Platform(), async (whisperr) => {
    whisperr.track("user_1", "a");
    await later(200);
    whisperr.track("user_1", "b");
    await later(200);
  });
  response.catch(() => {});
  await pass(300);
  if (requests.length > 0) return "sends while the handler runs";
  await pass(100);
  await response;
  return requests.join(";") === "a,b" ? undefined : `sent: ${requests.join(";") || "nothing"}`;
};

/** A handler that fails fails as it would without, and what it had tracked is delivered. */
const fails: Check = async (deploy) => {
  const { options, requests } = setStage();
  const failure = new Error("the handler failed");
  const seen = await deploy(() => options)(new Platform(), (whisperr) => {
    whisperr.track("user_1", "a");
    throw failure;
  }).catch((error: unknown) => error);
  if (seen !== failure) return "what the handler threw is lost";
  await pass(60);
  return requests.length === 1 ? undefined : "what a failing handler tracked is lost";
};

/** What a stream, or work under the platform's own `waitUntil`, tracks after the response is delivered as well. */
const deliversLater: Check = async (deploy) => {
  const { options, requests } = setStage();
  const platform = new Platform();
  await deploy(() => options)(platform, (whisperr, { waitUntil }) => {
    whisperr.track("user_1", "a");
    const more = later(5000).then(() => whisperr.track("user_1", "b"));
    waitUntil.call(platform, more);
    return "a response";
  });
  await pass(5000);
  const { given, open } = platform;
  if (given < 3 || open === 0) return "what comes after the response is not held";
  await pass(1000);
  return requests.join(";") === "a;b" ? undefined : `sent in all: ${requests.join(";")}`;
};

/** Two requests that overlap; their handlers do not run at the same time, as they never do. */
async function overlap(app: App): Promise<{ clients: Tracking[]; platforms: Platform[] }> {
  const clients: Tracking[] = [];
  const platforms = [new Platform(), new Platform()];
  const responses: Promise<unknown>[] = [];
  for (const platform of platforms) {
    responses.push(
      app(platform, async (whisperr) => {
        clients.push(whisperr);
        whisperr.track("user_1", "a");
        await later(10);
      }),
    );
    responses.at(-1)?.catch(() => {});
    await pass(1);
  }
  await pass(10);
  await Promise.all(responses);
  await pass(1000);
  return { clients, platforms };
}

const holdsEachRequest: Check = async (deploy) => {
  const { options, requests } = setStage();
  const { platforms } = await overlap(deploy(() => options));
  if (platforms.some(({ given }) => given === 0)) return "a request is not held for what it tracked";
  return requests.flat().length === 2 ? undefined : `sent: ${requests.join(";")}`;
};

const clientOfEach: Check = async (deploy) => {
  const { options } = setStage();
  const { clients } = await overlap(deploy(() => options));
  return clients.every((one) => one.stats().accepted === 1) ? undefined : "requests share a client";
};

/** The key may be in what the platform gives with each request, and nowhere else. */
const asksOncePerRequest: Check = async (deploy) => {
  const { options } = setStage();
  const asked: unknown[] = [];
  const app = deploy((env) => {
    asked.push(env);
    return options;
  });
  if (asked.length > 0) return "options are asked before there is a request";
  await overlap(app);
  if (asked.length !== 2) return `options are asked ${asked.length} times for two requests`;
  return asked.every((env) => typeof env === "object" && env !== null)
    ? undefined
    : "options are asked without what the platform gives";
};

const ofAll: readonly Check[] = [delivers, fails, deliversLater, holdsEachRequest];

/** Of middleware that makes a client for each request. */
export const ofRequests: readonly Check[] = [...ofAll, waitsForTheHandler, clientOfEach, asksOncePerRequest];

/** Of a client that an app makes once. */
export const ofOneClient: readonly Check[] = ofAll;

/** Real time, for what waits for ever: all else takes no time. */
const PATIENCE_MS = 2_000;

export async function complaints(checks: readonly Check[], deploy: Deploy): Promise<string[]> {
  const found: string[] = [];
  for (const check of checks) {
    const failed = (error: Error) => `a request fails: ${error.message}`;
    const complaint = await Promise.race([
      check(deploy).catch(failed),
      realLater(PATIENCE_MS, "a request never ends"),
    ]);
    if (complaint !== undefined) found.push(complaint);
  }
  return found;
}
