/** What the faults below HTTP need from the runtime that serves the app. */
import type { Answer } from "./answer.ts";

export type AfterHalf = "cut" | "stall" | "endless";

export interface Connection {
  /** Resets the connection at once. */
  reset(): Response;
  /** Sends the status line, the headers and half the body; then cuts the connection, leaves it silent, or never stops. */
  sendHalf(answer: Answer, then: AfterHalf): Promise<Response>;
  /** Writes the characters as they are, then closes the connection. */
  sendRaw(text: string): Response;
}

/** Finds the connection behind a request's Hono bindings; null where the runtime hands out none. */
export type Connect = (bindings: unknown) => Connection | null;

export const noConnection: Connect = () => null;
