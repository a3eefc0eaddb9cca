/**
 * A site on loopback whose pages use the SDK. Its port is new each time, so every site starts with an empty storage; the
 * API lives at another port, which is another origin.
 */
import { readdirSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { serveApp } from "@whisperr/conformance/api";
import { type Context, Hono } from "hono";
import type { Plan } from "./plan.ts";

const PAGES = fileURLToPath(new URL("../pages/", import.meta.url));
/** Another build, for instance one broken on purpose, can be put in the SDK's place. */
export const SDK_FOLDER =
  process.env.WHISPERR_BROWSER_DIST ??
  fileURLToPath(new URL("../../../../packages/browser/dist/", import.meta.url));

export interface Site {
  readonly url: string;
  address(plan: Plan, headers?: PageHeaders): string;
  close(): Promise<void>;
}

export type PageHeaders =
  /** No directive that the page does not need: no inline script or style, no eval. */
  | "strict-csp"
  /** The API may not be reached, as with a content blocker. */
  | "blocked-api"
  /** An opaque origin: the browser itself denies storage and locks. */
  | "sandbox"
  /** Cross-origin isolation, for clocks of the finest resolution the engine has. */
  | "isolated";

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Shop</title>
    <link rel="icon" href="/icon.png">
    <script type="module" src="/pages/page.ts"></script>
  </head>
  <body><h1>Shop</h1></body>
</html>`;

export async function startSite(): Promise<Site> {
  const app = new Hono();
  const scripts = pageScripts();
  app.get("/shop", (context) => html(context));
  app.get("/empty", (context) => context.html("<!doctype html><title>Elsewhere</title>"));
  app.get("/icon.png", (context) => context.body(null, 204));
  app.get("/pages/:name", (context) => script(context, scripts.get(context.req.param("name")) ?? ""));
  app.get("/sdk/:name", (context) =>
    script(context, readFileSync(join(SDK_FOLDER, basename(context.req.param("name"))), "utf8")),
  );
  const served = await serveApp(app, 0);
  let pages = 0;
  return {
    url: served.url,
    address: (plan, headers) => {
      // The referrer of a request then names the tab it came from.
      const query = new URLSearchParams({
        page: String(++pages),
        plan: JSON.stringify(plan),
        ...(headers && { headers }),
      });
      return `${served.url}/shop?${query}`;
    },
    close: served.close,
  };
}

function html(context: Context): Response | Promise<Response> {
  // The API sees in the referrer which page a request came from, whatever became of that page since.
  context.header("referrer-policy", "unsafe-url");
  const headers = context.req.query("headers") as PageHeaders | undefined;
  if (headers === "isolated") {
    context.header("cross-origin-opener-policy", "same-origin");
    context.header("cross-origin-embedder-policy", "require-corp");
  }
  if (headers === "sandbox") context.header("content-security-policy", "sandbox allow-scripts");
  if (headers === "blocked-api") context.header("content-security-policy", "connect-src 'self'");
  if (headers === "strict-csp") {
    const { options } = JSON.parse(context.req.query("plan") ?? "{}") as Plan;
    const own = "default-src 'none'; script-src 'self'; img-src 'self'; require-trusted-types-for 'script'";
    context.header("content-security-policy", `${own}; connect-src ${options.baseUrl}`);
  }
  return context.html(HTML);
}

function script(context: Context, source: string): Response {
  context.header("content-type", "text/javascript; charset=utf-8");
  // Every site has an address of its own, so nothing here outlives the run.
  context.header("cache-control", "max-age=3600");
  // Pages with an opaque origin load modules across origins.
  context.header("access-control-allow-origin", "*");
  return context.body(source);
}

/** Pages are written in TypeScript like everything else; types are stripped, nothing is bundled. */
function pageScripts(): Map<string, string> {
  const names = readdirSync(PAGES).filter((name) => name.endsWith(".ts"));
  return new Map(names.map((name) => [name, stripTypeScriptTypes(readFileSync(join(PAGES, name), "utf8"))]));
}
