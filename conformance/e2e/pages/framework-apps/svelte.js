/** A shop with Svelte, for a page; `globalThis.plan` says what is provided. */
import { createWhisperr } from "@whisperr/browser";
import { hydrate, mount, unmount } from "svelte";
import Shop from "./svelte-shop.svelte";

const { options, own } = globalThis.plan;
const target = document.getElementById("root");
const source = own ? { client: createWhisperr(options) } : { ...options };
const shop = (target.hasChildNodes() ? hydrate : mount)(Shop, { target, props: { source } });
globalThis.leave = () => unmount(shop);
globalThis.whisperr = createWhisperr(options);
