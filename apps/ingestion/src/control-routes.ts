/** The control endpoints, for whoever knows their address and is no web page: reading the figures, and making the API fail and recover. Not part of the real API. */
import {
  type Fault,
  faultSchema,
  faultScriptSchema,
  type IngestionControls,
} from "@whisperr/conformance/api";
import { Hono } from "hono";
import { buildReport } from "./report.ts";

/** `healthy` is what a default of null goes back to. */
export function createControlRoutes(api: IngestionControls, healthy: Fault): Hono {
  const routes = new Hono();
  routes.use(async (context, next) => {
    if (context.req.header("origin") !== undefined) return context.text("not for web pages", 403);
    return next();
  });
  routes.get("/report", (context) => context.json(buildReport(api)));
  routes.get("/timeline/:user", (context) => context.json(api.store.timeline(context.req.param("user"))));
  routes.post("/default", async (context) => {
    const fault = faultSchema.nullable().safeParse(await context.req.json().catch(() => undefined));
    if (!fault.success) return context.json({ error: fault.error.message }, 400);
    api.setDefault(fault.data ?? healthy);
    return context.json({ default: fault.data });
  });
  routes.post("/script", async (context) => {
    const script = faultScriptSchema.safeParse(await context.req.json().catch(() => undefined));
    if (!script.success) return context.json({ error: script.error.message }, 400);
    api.play(script.data);
    return context.json({ added: script.data.length });
  });
  return routes;
}
