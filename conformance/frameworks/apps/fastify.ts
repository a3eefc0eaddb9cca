import { whisperrFastify } from "@whisperr/node/fastify";
import Fastify from "fastify";
import { createInvoice, slowWork, whisperr } from "./shop.ts";

declare module "fastify" {
  interface FastifyRequest {
    user?: { id: string };
  }
}

const app = Fastify({ forceCloseConnections: "idle" });
app.register(whisperrFastify(whisperr));
app.addHook("preHandler", async (request) => {
  const id = request.headers["x-user"];
  if (typeof id === "string") request.user = { id };
});
// A scope of its own: what the app has, it has too.
app.register(async (scope) => {
  scope.post<{ Body: { amount: number } }>("/orders", async (request) => {
    request.whisperr.track("order_placed");
    await createInvoice(request.body.amount);
    return "ordered";
  });
});
app.get("/slow", async (request) => {
  await slowWork();
  request.whisperr.track("report_made");
  return "made";
});
app.get("/stats", async () => whisperr.stats());

const url = await app.listen({ port: 0, host: "127.0.0.1" });
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void app.close());
console.log(`port ${new URL(url).port}`);
