/**
 * Which room may import which: `npm run lint` holds it. Types may be named from anywhere; what counts is code that runs
 * code. A room that is not listed may import nothing but what lies in it.
 */

/** In packages/core/src, from the bottom up. */
const CORE = {
  delivery: [],
  events: [],
  http: ["events"],
  identity: ["events"],
  "last-word": [],
  queue: ["events", "identity"],
  report: ["events", "http"],
  loop: ["delivery", "events", "http", "queue", "report"],
  client: ["delivery", "events", "http", "identity", "loop", "queue", "report"],
  process: ["client", "events", "last-word", "loop", "report"],
  web: ["http"],
  testing: ["events", "identity", "queue"],
};

/** In packages/browser/src. What stands beside the rooms makes clients of them. */
const BROWSER = {
  storage: [],
  queue: ["storage"],
  page: ["queue", "storage"],
  worker: ["page", "queue", "storage"],
  script: [],
};

/** In packages/edge/src. The entries stand beside the rooms. */
const EDGE = {
  "hand-over": [],
  platform: [],
  client: ["hand-over", "platform"],
  next: ["platform"],
  "cloudflare/queue": ["hand-over"],
  "cloudflare/durable-object": ["hand-over"],
};

/** Files outside the rooms: any room may import them. For the other packages, all of core is such a file. */
const SHARED = [
  "^packages/core/src/(attempt|development|errors|host-numbers|options|ports|resolve-options|unknown-names)\\.ts$",
  "^packages/core/src/(index|testing)\\.ts$",
  "^packages/browser/src/(clock|compat|index)\\.ts$",
  "^packages/edge/src/options\\.ts$",
  "^packages/edge/src/cloudflare/[^/]+\\.ts$",
];

const roomsOf = (folder, rooms) => {
  const room = (name) => `^packages/${folder}/src/${name}/`;
  return Object.entries(rooms).map(([name, allowed]) => ({
    name: `${folder}/${name}`,
    comment: `${name}/ may import ${allowed.length === 0 ? "no other room" : allowed.join(", ")}`,
    severity: "error",
    from: { path: room(name), pathNot: "\\.test\\.ts$" },
    to: { pathNot: [...[name, ...allowed].map(room), ...SHARED] },
  }));
};

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    ...roomsOf("core", CORE),
    ...roomsOf("browser", BROWSER),
    ...roomsOf("edge", EDGE),
    {
      name: "runtimes-apart",
      comment: "a runtime package knows core and itself",
      severity: "error",
      from: { path: "^packages/(browser|deno|edge|node)/src/" },
      to: { path: "^packages/(browser|deno|edge|node)/", pathNot: "^packages/$1/" },
    },
    {
      name: "testing-apart",
      comment: "what is for an app's tests nothing else may import",
      severity: "error",
      from: { pathNot: "/src/testing(/|\\.ts$)" },
      to: { path: "/src/testing(/|\\.ts$)" },
    },
    {
      name: "core-below",
      comment: "core knows no runtime",
      severity: "error",
      from: { path: "^packages/core/src/" },
      to: { path: "^(packages/(browser|deno|edge|node)|conformance|apps)/" },
    },
  ],
  options: {
    includeOnly: "^packages/[^/]+/src/",
    exclude: "\\.test\\.ts$",
    tsPreCompilationDeps: false,
    tsConfig: { fileName: "tsconfig.base.json" },
    enhancedResolveOptions: {
      conditionNames: ["@whisperr/source", "import", "default"],
      exportsFields: ["exports"],
    },
  },
};
