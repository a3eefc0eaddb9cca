/** What a page brings to a driver, whichever SDK it holds. */
import { captureConsole } from "./captured-console.ts";
import { type ControlLink, fetchLink } from "./pull.ts";

/** What only client SDKs do by themselves is off in cases that server SDKs share; and their queue is as long. */
export const AS_SERVERS: Record<string, unknown> = {
  autoContext: false,
  pageViews: false,
  flushAtStart: false,
  traitsFromDevice: false,
  maxQueueSize: 10_000,
};

/** Outlives the page: a letter for each request that was made on this device. */
const REQUESTS = "requests";
const OUTLIVING = "k";

export function countRequest(init: RequestInit | undefined): void {
  const letters = sessionStorage.getItem(REQUESTS) ?? "";
  sessionStorage.setItem(REQUESTS, letters + (init?.keepalive === true ? OUTLIVING : "-"));
}

export function requestsMade(): number {
  return outlivingRequests().length;
}

/** Of each request, whether it was made to outlive its page. */
export function outlivingRequests(): boolean[] {
  return [...(sessionStorage.getItem(REQUESTS) ?? "")].map((letter) => letter === OUTLIVING);
}

export function openLink(realFetch: typeof fetch): ControlLink {
  // The page is served at <control>/page.
  const control = new URL(".", location.href).href.slice(0, -1);
  return fetchLink(control, realFetch, { cache: "no-store" });
}

/** A lock asked for earlier is granted by the time the question after it is answered. */
export async function settle(rounds: number, pages: readonly Window[] = [window]): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const page of pages) await page.navigator.locks.query();
    await macrotask();
  }
  await macrotask();
}

/** One for all rounds: ports that nobody holds may be collected with a message under way. */
const channel = new MessageChannel();

/** Not a timer: those are the runner's, and browsers slow them down. */
export function macrotask(): Promise<void> {
  return new Promise((resolve) => {
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(null);
  });
}

/** What is printed, and errors that nobody caught. */
export function captureOutput(): string[] {
  const output = captureConsole();
  addEventListener("error", ({ message }) => output.push(message));
  addEventListener("unhandledrejection", ({ reason }) => output.push(`unhandled rejection: ${reason}`));
  return output;
}
