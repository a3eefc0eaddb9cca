const { createWhisperr } = require("@whisperr/edge/vercel");

const whisperr = createWhisperr({ baseUrl: process.env.API_URL });
whisperr.track("user_8842", "package_installed", { package: "@whisperr/edge" });
whisperr.flush();
