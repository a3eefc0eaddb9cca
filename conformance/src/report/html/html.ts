/** What the templates are made of: text is escaped where it is put in, so nothing from a run can become markup. */
import type { html } from "hono/html";

/** A piece of the page. Templates take text, other pieces, and arrays of them; `""` and `undefined` are nothing. */
export type Html = ReturnType<typeof html>;
