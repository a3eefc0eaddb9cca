import { createWhisperr as createBrowserClient } from "@whisperr/browser";
import { WhisperrProvider } from "@whisperr/browser/react";
import { createServerClient } from "@whisperr/core";
import { createWhisperr as createEdgeClient } from "@whisperr/edge";
import { withWhisperr } from "@whisperr/edge/cloudflare";
import { createWhisperr, type EventMap } from "@whisperr/node";
import { whisperrExpress } from "@whisperr/node/express";

interface Events extends EventMap {
  package_installed: { package: string };
}

const whisperr = createWhisperr<Events>({ baseUrl: process.env.API_URL ?? "" });
whisperr.track("user_8842", "package_installed", { package: "@whisperr/node" });
// @ts-expect-error A property of another type is the compiler's business, whichever compiler it is.
const wrong = () => whisperr.track("user_8842", "package_installed", { package: 1 });

export const all = [
  createBrowserClient,
  createEdgeClient,
  withWhisperr,
  WhisperrProvider,
  createServerClient,
  whisperrExpress,
  wrong,
];
