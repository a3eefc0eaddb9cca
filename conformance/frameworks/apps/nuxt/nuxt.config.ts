import { defineNuxtConfig } from "nuxt/config";

export default defineNuxtConfig({
  compatibilityDate: "2026-11-01",
  telemetry: false,
  devtools: { enabled: false },
  // What a server has that is Nitro's, in Nuxt as by itself.
  serverDir: "../nitro/server",
  buildDir: "../../reports/nuxt-build",
  nitro: { output: { dir: "../../reports/nuxt" } },
  imports: { autoImport: false },
  // NUXT_PUBLIC_WHISPERR_KEY and NUXT_PUBLIC_WHISPERR_URL.
  runtimeConfig: { public: { whisperrKey: "", whisperrUrl: "" } },
});
