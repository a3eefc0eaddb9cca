/** The page that Playwright's `mount()` opens: it shows the story that a test names. */
import { type ComponentType, createElement } from "react";
import { createRoot, type Root } from "react-dom/client";
import * as checkout from "../react/checkout.story.js";
import * as live from "../react/live.story.js";

interface Mounted {
  /** The file of a story, and its name in there: "checkout/Declined". */
  readonly story: string;
  readonly props?: object;
}

const files: Record<string, Record<string, ComponentType<never>>> = { checkout, live };
let root: Root | undefined;

function mount({ story, props }: Mounted): void {
  const [file = "", name = ""] = story.split("/");
  const component = files[file]?.[name];
  if (component === undefined) throw new Error(`there is no story ${story}`);
  root ??= createRoot(document.getElementById("root") as HTMLElement);
  root.render(createElement(component, props as never));
}

function unmount(): void {
  root?.unmount();
  root = undefined;
}

Object.assign(window, { mount, unmount });
