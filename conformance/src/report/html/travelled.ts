/** What travelled, whether or not the case compares it: body and headers, folded up. */
import { html } from "hono/html";
import type { ReportedRequest } from "../run-report.ts";
import { holdsWholeBody } from "./compared-rows.ts";
import type { Html } from "./html.ts";
import { grouped } from "./words/duration.ts";
import { bounded, readable } from "./words/written-value.ts";

/** Attempts carry the same bytes, so what an earlier request had is named rather than shown again. */
export function travelled(seen: ReportedRequest, exchange: readonly ReportedRequest[]): Html {
  const earlier = exchange.filter(({ index }) => index < seen.index);
  const headers = headerText(seen);
  const count = Object.keys(seen.headers).length;
  const likeBody = holdsWholeBody(seen) ? earlier.find(({ body }) => body === seen.body) : undefined;
  const likeHeaders = earlier.find((one) => headerText(one) === headers);
  return html`<span class="travelled">${
    seen.bodyBytes === 0
      ? "no body"
      : folded(`${grouped(seen.bodyBytes)} bytes`, bounded(readable(seen.body)), likeBody)
  } ${folded(`${count} headers`, headers, likeHeaders)}</span>`;
}

function folded(name: string, text: string, like: ReportedRequest | undefined): Html {
  return like
    ? html`<span>${name} as in #${like.index}</span>`
    : html`<details><summary>${name}</summary><pre>${text}</pre></details>`;
}

function headerText({ headers }: ReportedRequest): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}
