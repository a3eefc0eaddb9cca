/** What the faults below HTTP need from the runtime that serves the app. */
import type { Answer } from "./answer.ts";

export interface Connection {
  /** Resets the connection at once. */
  reset(): Response;
  /** Sends the status line, the headers and half the body; then cuts the connection or leaves it silent. */
  sendHalf(answer: Answer, then: "cut" | "stall"): Promise<Response>;
  /** Writes the characters as they are, then closes the connection. */
  sendRaw(text: string): Response;
}

/** Finds the connection behind a request's Hono bindings; null where the runtime hands out none. */
export type Connect = (bindings: unknown) => Connection | null;

export const noConnection: Connect = () => null;
