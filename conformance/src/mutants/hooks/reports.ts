/** Mistakes about what the app is told: `onError`, `stats()`. */
import type { How, Reported, Stats } from "../mutant.ts";

export const unreported =
  (which: (error: Reported) => boolean): How =>
  () => ({
    onError: (error, report) => {
      if (!which(error)) report(error);
    },
  });

export const withReports =
  (edit: (error: Reported) => Reported): How =>
  () => ({ onError: (error, report) => report(edit(error)) });

export const withStats =
  (edit: (stats: Stats) => Stats): How =>
  () => ({ client: ({ stats }) => ({ stats: () => edit(stats()) }) });
