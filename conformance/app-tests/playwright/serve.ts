/** Serves the pages, with their scripts, on a free port, and prints their address. */
import { context } from "esbuild";

const pages = `${import.meta.dirname}/pages`;
const host = "127.0.0.1";

const scripts = await context({
  entryPoints: ["shop.ts", "gallery.tsx"].map((file) => `${import.meta.dirname}/${file}`),
  bundle: true,
  format: "esm",
  jsx: "automatic",
  outdir: `${pages}/scripts`,
  // From memory, so that two servers never write the same file.
  write: false,
  logLevel: "error",
});
const { port } = await scripts.serve({ servedir: pages, host });
console.log(`http://${host}:${port}`);
