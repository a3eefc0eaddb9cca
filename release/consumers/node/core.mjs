import { createServerClient, resolveOptions, webPorts } from "@whisperr/core";

const options = { apiKey: process.env.WHISPERR_API_KEY, baseUrl: process.env.API_URL };
const { api } = createServerClient(
  options,
  resolveOptions(options, { maxQueueSize: 1_000 }),
  webPorts(undefined),
);
api.track("user_8842", "package_installed", { package: "@whisperr/core" });
await api.shutdown();
