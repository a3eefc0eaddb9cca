/** Mistakes about options. */
import type { How, Options } from "../mutant.ts";

export const withOptions =
  (edit: (options: Options) => Options): How =>
  () => ({ options: edit });

/** Whatever the app says. */
export const always = (values: Options): How => withOptions((options) => ({ ...options, ...values }));

/** Unless the app says otherwise. */
export const byDefault = (values: Options): How => withOptions((options) => ({ ...values, ...options }));

/** As if the app had not given these. */
export const ignoring = (...names: string[]): How =>
  withOptions((options) =>
    Object.fromEntries(Object.entries(options).filter(([name]) => !names.includes(name))),
  );
