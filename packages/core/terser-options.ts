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
    // Functions in records, that nobody calls with `new`, become methods and arrows; no property that we read does anything.
    unsafe_methods: true,
    unsafe_arrows: true,
    pure_getters: true,
    // An app's bundler does these again, in its own way.
    sequences: false,
    lhs_constants: false,
    // "use client" is one it does not know.
    directives: false,
  },
  // What an app may leave out.
  format: { preserve_annotations: true },
} as const;
