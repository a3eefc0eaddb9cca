const { createWhisperr } = require("@whisperr/browser");

createWhisperr({ apiKey: "wrk_test", baseUrl: process.env.API_URL }).track("package_installed");
