/** Renders the shop without a document. */
import { renderToString } from "react-dom/server";
import { App } from "./app.jsx";

export const render = (options) => renderToString(<App options={options} />);
