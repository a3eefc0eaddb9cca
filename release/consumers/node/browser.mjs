// As a server renders a page: the client is there, and does nothing.
import { createWhisperr } from "@whisperr/browser";

createWhisperr({ apiKey: "wrk_test", baseUrl: process.env.API_URL }).track("package_installed");
