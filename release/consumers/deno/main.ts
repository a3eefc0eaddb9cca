import { createWhisperr } from "@whisperr/deno";

const whisperr = createWhisperr({ baseUrl: Deno.args[0] });
whisperr.track("user_8842", "package_installed", { package: "@whisperr/deno" });
