/** Renders the shop without a document. */
import { WhisperrPlugin } from "@whisperr/browser/vue";
import { createSSRApp } from "vue";
import { renderToString } from "vue/server-renderer";
import Shop from "./vue-shop.vue";

export const render = (options) => renderToString(createSSRApp(Shop).use(WhisperrPlugin, options));
