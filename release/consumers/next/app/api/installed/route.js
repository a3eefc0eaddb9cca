import { createWhisperr } from "@whisperr/edge/next";

const whisperr = createWhisperr({ baseUrl: process.env.API_URL });

export async function POST() {
  whisperr.track("user_8842", "package_installed", { package: "@whisperr/edge" });
  return new Response("ok");
}
