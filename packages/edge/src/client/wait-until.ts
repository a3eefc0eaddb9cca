/** The platform's `waitUntil`, which may refuse. */
import { type Client, describeThrown } from "@whisperr/core";

/** Keeps a request open until `promise` has settled. */
export type WaitUntil = (promise: Promise<unknown>) => void;

/** Delivery runs without it, for as long as the platform lets it. */
export function keepOpen(waitUntil: WaitUntil, promise: Promise<void>, { ports, reporter }: Client): void {
  try {
    waitUntil(promise);
  } catch (error) {
    const { warned } = reporter;
    if (warned.has("waitUntil")) return;
    warned.add("waitUntil");
    ports.log("warn", `[whisperr] waitUntil failed, so delivery may be cut off: ${describeThrown(error)}`);
  }
}
