/** A shop with Vue, for a page; `globalThis.plan` says what the plugin gets. */
import { createWhisperr } from "@whisperr/browser";
import { WhisperrPlugin } from "@whisperr/browser/vue";
import { createApp, createSSRApp } from "vue";
import Shop from "./vue-shop.vue";

const { options, own } = globalThis.plan;
const place = document.getElementById("root");
const app = (place.hasChildNodes() ? createSSRApp : createApp)(Shop);
app.use(WhisperrPlugin, own ? { client: createWhisperr(options) } : { ...options }).mount(place);
globalThis.leave = () => app.unmount();
globalThis.whisperr = createWhisperr(options);
