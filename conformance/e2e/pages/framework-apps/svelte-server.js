/** Renders the shop without a document. */
import { render as renderComponent } from "svelte/server";
import Shop from "./svelte-shop.svelte";

export async function render(options) {
  const { body } = await renderComponent(Shop, { props: { source: options } });
  return body;
}
