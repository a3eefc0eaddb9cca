import { createWhisperr } from "@whisperr/browser";

const whisperr = createWhisperr({
  apiKey: "wrk_test",
  baseUrl: new URLSearchParams(location.search).get("api"),
  pageViews: false,
});
whisperr.track("package_installed", { package: "@whisperr/browser" });
globalThis.delivered = whisperr.flush();
