declare module "*.svelte" {
  import type { Component } from "svelte";

  const component: Component<{ client: unknown }>;
  export default component;
}
