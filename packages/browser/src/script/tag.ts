/**
 * The script-tag build, `dist/whisperr.iife.js`: a global `whisperr` with `createWhisperr` and all methods of the client
 * it makes.
 */
import { channel, createWhisperr } from "../index.ts";
import { installGlobal, type PageGlobal } from "./global.ts";

const page = window as { whisperr?: PageGlobal };
page.whisperr ??= {};
// The script is on the page twice: the first one goes on.
if (!page.whisperr.channel) {
  page.whisperr.channel = channel;
  installGlobal(page.whisperr, createWhisperr as (...args: readonly unknown[]) => unknown);
}
