/** The filters; page.js makes them work and shows them, so that without it nothing is there that does nothing. */
import { html } from "hono/html";
import type { Html } from "./html.ts";
import { occurring, VERDICT_NAMES, type VerdictCounts } from "./verdicts.ts";

export function filters(counts: VerdictCounts): Html {
  const verdicts = occurring(counts).map(
    (verdict) =>
      html`<label class="toggle mark ${verdict}"><input type="checkbox" name="show" value="${verdict}">${VERDICT_NAMES[verdict]}</label>`,
  );
  return html`<form id="filters" class="filters" hidden>
<label class="search">Find <input class="control" type="search" name="q" placeholder="title, id or clause" autocomplete="off" spellcheck="false"></label>
<label>Level <select class="control" name="level"><option value="">any</option><option>must</option><option>should</option></select></label>
<fieldset><legend class="unseen">Only cases that somewhere</legend>${verdicts}</fieldset>
<button class="control" type="button" id="fold">Open all groups</button>
<output id="shown"></output>
</form>`;
}
