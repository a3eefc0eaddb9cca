/** Takes over what the server rendered, or renders it all; `globalThis.plan` says which. */
import { createWhisperr } from "@whisperr/browser";
import { createRoot, hydrateRoot } from "react-dom/client";
import { App } from "./app.jsx";

const { options, own } = globalThis.plan;
const place = document.getElementById("root");
const app = <App options={options} own={own} />;
globalThis.clients = [];
globalThis.root = place.hasChildNodes() ? hydrateRoot(place, app) : createRoot(place);
if (!place.hasChildNodes()) globalThis.root.render(app);
globalThis.again = () => globalThis.root.render(<App options={options} own={own} />);
globalThis.leave = () => globalThis.root.unmount();
globalThis.whisperr = createWhisperr(options);
