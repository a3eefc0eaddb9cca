/** A subject's driver as a page of a real browser. The browser is the subject's own and goes with it. */
import { join } from "node:path";
import type { Browser } from "@whisperr/conformance-browsers";
import type { BrowserSubject } from "../subject.ts";
import type { ControlServer } from "./control-server.ts";
import { SUBJECT_TIME_ZONE, type SubjectProcess } from "./subject-process.ts";

/** Of the page's address: what SDKs have no business with unless the app says so. */
const PRIVATE_PARTS = "?token=secret#part";

export async function startPage(
  subject: BrowserSubject,
  folder: string,
  control: ControlServer,
): Promise<SubjectProcess> {
  const session = control.openSession(join(folder, subject.script));
  const { launchBrowser } = await import("@whisperr/conformance-browsers");
  const browser: Browser = await launchBrowser(subject.engine, { timeZone: SUBJECT_TIME_ZONE });
  const stop = async () => {
    session.end("the browser was closed");
    await browser.close();
  };
  await browser
    .newPage(`${session.url}/page${PRIVATE_PARTS}`)
    // The page asks for its commands itself.
    .then(() => browser.release?.())
    .catch((error: unknown) => stop().then(() => Promise.reject(error)));
  return {
    session,
    pageOrigin: control.origin,
    output: () => "",
    exited: () => Promise.reject(new Error("a page does not end by itself")),
    // A page that missed a command has crashed, or hangs: the next case gets a browser of its own.
    alive: session.isAnswering,
    stop,
  };
}
