/**
 * The script-tag build, `dist/whisperr.iife.js`: a global `whisperr` with `createWhisperr` and all methods of the client
 * it makes.
 */
import { attempt } from "@whisperr/core";
import { channel, createWhisperr } from "../index.ts";
import { installGlobal, type PageGlobal } from "./global.ts";

const page = window as { whisperr?: PageGlobal };
// An element with this id is no property of the window's own.
const kept: PageGlobal = Object.getOwnPropertyDescriptor(page, "whisperr")?.value || {};
page.whisperr = kept;
// The script is on the page twice: the first one goes on.
if (!kept.channel) {
  kept.channel = channel;
  // A page that has broken what this needs has no global then, and no error of ours either.
  attempt(() => installGlobal(kept, createWhisperr as (...args: readonly unknown[]) => unknown));
}
