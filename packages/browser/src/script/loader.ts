/**
 * Becomes `dist/loader.js`: a few hundred bytes that stand in for the script until it is loaded, and keep the calls made
 * meanwhile. Nothing here may fail, and a page whose visitors block the script goes on with it alone. Tag managers take
 * nothing newer than ES5, and the build turns nothing into it.
 */
import { isKept, METHODS, type WaitingCall } from "./calls.ts";

interface Stub {
  q: WaitingCall[];
  [method: string]: unknown;
}

var page = window as { whisperr?: Stub };
var stub: Stub = { q: [] };

// An element with this id is no property of the window's own.
if (!{}.hasOwnProperty.call(page, "whisperr") || !page.whisperr) {
  page.whisperr = stub;
  METHODS.split(" ").forEach(function (method) {
    stub[method] = function () {
      if (isKept(method, stub.q)) stub.q.push([method, arguments as never, Date.now()]);
    };
  });
}
