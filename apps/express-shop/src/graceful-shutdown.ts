/**
 * Leaving without losing anything, in the order that matters: stop taking requests, let the running ones finish
 * (they may still track), then deliver what is queued, then exit.
 */
import type { Server } from "node:http";
import type { ShopWhisperr } from "./whisperr.ts";

/** Below the 10 s most platforms wait between SIGTERM and SIGKILL, with room for the requests before it. */
const DELIVERY_TIMEOUT_MS = 8_000;
/** A client that trickles its request must not use up the delivery's time. */
const DRAIN_TIMEOUT_MS = 1_000;
/** `close()` ends the connections that are idle now; one kept alive after its last answer has to be ended later. */
const IDLE_CHECK_MS = 20;

export async function stopGracefully(server: Server, whisperr: ShopWhisperr): Promise<void> {
  const drained = new Promise<void>((resolve) => server.close(() => resolve()));
  const idleCheck = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const cutOff = setTimeout(() => server.closeAllConnections(), DRAIN_TIMEOUT_MS);
  await drained;
  clearInterval(idleCheck);
  clearTimeout(cutOff);

  const { pending } = await whisperr.shutdown({ timeoutMs: DELIVERY_TIMEOUT_MS });
  if (pending > 0)
    console.error(`shop leaves ${pending} operations undelivered: Whisperr could not be reached`);
}
