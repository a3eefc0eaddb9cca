"use client";

import { createWhisperr } from "@whisperr/browser";
import { useEffect } from "react";

export function Installed() {
  useEffect(() => {
    const baseUrl = new URLSearchParams(location.search).get("api");
    const whisperr = createWhisperr({ apiKey: "wrk_test", baseUrl, pageViews: false });
    whisperr.track("package_installed", { package: "@whisperr/browser" });
    globalThis.delivered = whisperr.flush();
  }, []);
  return <p>Installed</p>;
}
