/**
 * What an isolate pays to start with the SDK: to compile it, run it and make a client, beside a start in which the same
 * script is only read over. Platforms start isolates all the time. Part of `npm run bench`, not of the tests.
 */
import { Script } from "node:vm";
import { bundleApp } from "../test/built/app-bundle.ts";

const APP = `
  import { createWhisperr } from "@whisperr/edge";
  globalThis.whisperr = createWhisperr({ apiKey: "wrk_test", waitUntil() {} });
`;

/** Other processes lengthen a round, never all of them: the best one counts. */
const ROUNDS = 40;

/** It is the compiler that takes the time, so it falls with the bytes. */
const MAX_RATIO = 4;

const script = Buffer.from(await bundleApp(APP, "iife")).toString();
const readOver = best(`(() => {${script}})`);
const started = best(script);
const ratio = started / readOver;

console.table({
  "edge: start of an isolate, only read over": { figure: `${readOver.toFixed(2)} ms` },
  "edge: start of an isolate, with a client": { figure: `${started.toFixed(2)} ms`, target: "1 ms" },
  "with a client ÷ only read over": {
    figure: `${ratio.toFixed(2)} ×`,
    target: `< ${MAX_RATIO}`,
    holds: ratio < MAX_RATIO,
  },
});
process.exitCode = ratio < MAX_RATIO ? 0 : 1;

function best(text: string): number {
  const times = Array.from({ length: ROUNDS }, (_, round) => {
    const from = performance.now();
    // Each time another text: V8 keeps what it has compiled.
    new Script(`${text}//${round}`).runInThisContext();
    return performance.now() - from;
  });
  return Math.min(...times);
}
