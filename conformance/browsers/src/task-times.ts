/** What Chromium traces of a page's main thread: tasks, by the time that they had a processor, which no other process lengthens. */
import type { CDPSession } from "puppeteer-core";

/** Tasks, the scripts in them, and the names of threads. */
const CATEGORIES = ["toplevel", "devtools.timeline", "v8"];
const SCRIPTS = new Set([
  "v8.callFunction",
  "v8.evaluateModule",
  "FunctionCall",
  "EvaluateScript",
  "TimerFire",
]);

/** `ph` is X where it has a duration. Times are in µs: `dur` of a clock, `tdur` of the thread's processor. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args: { readonly name?: unknown };
}

export async function taskTimes(devtools: CDPSession, run: () => Promise<void>): Promise<number[]> {
  await devtools.send("Tracing.start", {
    transferMode: "ReturnAsStream",
    traceConfig: { includedCategories: CATEGORIES },
  });
  await run();
  const complete = new Promise<string>((resolve) => {
    devtools.once("Tracing.tracingComplete", ({ stream }) => resolve(stream as string));
  });
  await devtools.send("Tracing.end");
  const { traceEvents } = JSON.parse(await textOf(devtools, await complete)) as {
    traceEvents: TraceEvent[];
  };
  const isMain = ({ name, args }: TraceEvent) => name === "thread_name" && args.name === "CrRendererMain";
  return traceEvents.filter(isMain).flatMap((thread) => timesOn(thread, traceEvents));
}

function timesOn({ pid, tid }: TraceEvent, events: readonly TraceEvent[]): number[] {
  const own = events.filter((event) => event.pid === pid && event.tid === tid && event.ph === "X");
  const scripts = own.filter(({ name }) => SCRIPTS.has(name)).map(({ ts }) => ts);
  return own
    .filter(({ name }) => name === "ThreadControllerImpl::RunTask")
    .filter(({ ts, dur = 0 }) => scripts.some((start) => start >= ts && start < ts + dur))
    .map(({ tdur = 0 }) => tdur / 1000);
}

async function textOf(devtools: CDPSession, handle: string): Promise<string> {
  let text = "";
  for (let eof = false; !eof; ) {
    const read = await devtools.send("IO.read", { handle });
    text += read.base64Encoded ? Buffer.from(read.data, "base64").toString() : read.data;
    eof = read.eof;
  }
  await devtools.send("IO.close", { handle });
  return text;
}
