/** All mutants. */
import type { Mutant } from "../mutant.ts";
import { answerMutants } from "./answers.ts";
import { beforeSendMutants } from "./before-send.ts";
import { callbackMutants } from "./callbacks.ts";
import { callMutants } from "./calls.ts";
import { clientMutants } from "./clients.ts";
import { clockMutants } from "./clocks.ts";
import { consentMutants } from "./consent.ts";
import { creationMutants } from "./creations.ts";
import { credentialMutants } from "./credentials.ts";
import { defaultMutants } from "./defaults.ts";
import { denoMutants } from "./deno.ts";
import { endedRequestMutants } from "./ended-requests.ts";
import { eventMutants } from "./events.ts";
import { flushResultMutants } from "./flush-results.ts";
import { flushMutants } from "./flushes.ts";
import { heldMutants } from "./held.ts";
import { holdMutants } from "./holds.ts";
import { identifyMutants } from "./identifies.ts";
import { leftPageMutants } from "./left-pages.ts";
import { lifeMutants } from "./life.ts";
import { navigationMutants } from "./navigations.ts";
import { pageMutants } from "./pages.ts";
import { pushMutants } from "./push.ts";
import { queueMutants } from "./queue.ts";
import { refusalMutants } from "./refusals.ts";
import { reloadMutants } from "./reloads.ts";
import { reportMutants } from "./reports.ts";
import { retryMutants } from "./retries.ts";
import { retryAfterMutants } from "./retry-after.ts";
import { sendingMutants } from "./sending.ts";
import { shutdownMutants } from "./shutdowns.ts";
import { tokenMutants } from "./tokens.ts";
import { valueMutants } from "./values.ts";
import { viewMutants } from "./views.ts";
import { visitorMutants } from "./visitors.ts";

export const mutants: readonly Mutant[] = [
  ...answerMutants,
  ...refusalMutants,
  ...retryMutants,
  ...queueMutants,
  ...flushMutants,
  ...clockMutants,
  ...eventMutants,
  ...callMutants,
  ...beforeSendMutants,
  ...creationMutants,
  ...identifyMutants,
  ...reportMutants,
  ...lifeMutants,
  ...denoMutants,
  ...defaultMutants,
  ...visitorMutants,
  ...holdMutants,
  ...viewMutants,
  ...navigationMutants,
  ...reloadMutants,
  ...consentMutants,
  ...pushMutants,
  ...tokenMutants,
  ...pageMutants,
  ...leftPageMutants,
  ...credentialMutants,
  ...valueMutants,
  ...retryAfterMutants,
  ...flushResultMutants,
  ...shutdownMutants,
  ...heldMutants,
  ...endedRequestMutants,
  ...clientMutants,
  ...sendingMutants,
  ...callbackMutants,
];
