import { WhisperrPlugin } from "@whisperr/browser/vue";
import { defineNuxtPlugin, useRuntimeConfig } from "#imports";

export default defineNuxtPlugin(({ vueApp }) => {
  const { whisperrKey: apiKey, whisperrUrl: baseUrl } = useRuntimeConfig().public;
  vueApp.use(WhisperrPlugin, { apiKey, baseUrl, pageViews: false });
});
