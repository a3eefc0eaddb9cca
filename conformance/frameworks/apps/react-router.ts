/** What `react-router build` makes of an app's routes, by hand: the server that runs it is the framework's own. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createRequestListener } from "@react-router/node";
import { whisperrContext, whisperrReactRouter } from "@whisperr/node/react-router";
import {
  createContext,
  type LoaderFunctionArgs,
  type MiddlewareFunction,
  type ServerBuild,
} from "react-router";
import { createInvoice, slowWork, whisperr } from "./shop.ts";

type ServerRouteModule = NonNullable<ServerBuild["routes"][string]>["module"];

const userContext = createContext<{ id: string } | null>(null);

const signIn: MiddlewareFunction<Response> = ({ request, context }) => {
  const id = request.headers.get("x-user");
  if (id !== null) context.set(userContext, { id });
};
const middleware = [
  whisperrReactRouter(whisperr, { resolveUser: ({ context }) => context.get(userContext)?.id }),
  signIn,
];

const routes = {
  async orders({ request, context }: LoaderFunctionArgs) {
    const { amount } = (await request.json()) as { amount: number };
    context.get(whisperrContext).track("order_placed");
    await createInvoice(amount);
    return new Response("ordered");
  },
  async slow({ context }: LoaderFunctionArgs) {
    await slowWork();
    context.get(whisperrContext).track("report_made");
    return new Response("made");
  },
  stats: async () => Response.json(whisperr.stats()),
};

/** One that renders nothing, whatever its type says: a build has none of the component either. */
const resource = (id: string, module: object) => ({
  id,
  parentId: "root",
  path: id,
  module: module as ServerRouteModule,
});

const build: ServerBuild = {
  entry: { module: { default: () => new Response(null, { status: 404 }) } },
  routes: {
    root: { id: "root", path: "", module: { default: () => null, middleware } },
    orders: resource("orders", { action: routes.orders }),
    slow: resource("slow", { loader: routes.slow }),
    stats: resource("stats", { loader: routes.stats }),
  },
  assets: { entry: { imports: [], module: "" }, routes: {}, url: "", version: "" },
  publicPath: "/",
  assetsBuildDirectory: "",
  future: {},
  ssr: true,
  isSpaMode: false,
  prerender: [],
  routeDiscovery: { mode: "initial", manifestPath: "/__manifest" },
};

const server = createServer(createRequestListener({ build }));
server.listen(0, "127.0.0.1", () => console.log(`port ${(server.address() as AddressInfo).port}`));
// What react-router-serve does. The process then ends by itself, and delivers first.
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => server.close());
