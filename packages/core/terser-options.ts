/**
 * For builds: what a second minifier does for the packages that browsers and edge runtimes load, after esbuild. It puts constants, and
 * values that are used once, where they are used, which esbuild does not. Functions stay where they are: moved into others they
 * save more in the file itself, but the app's own bundler makes more of the file again than was saved.
 */
export const TERSER = {
  ecma: 2020,
  compress: {
    ecma: 2020,
    passes: 2,
    inline: 1,
    reduce_funcs: false,
    hoist_funs: true,
    keep_fargs: false,
    // "use client" is one it does not know.
    directives: false,
  },
  // What an app may leave out.
  format: { preserve_annotations: true },
} as const;
