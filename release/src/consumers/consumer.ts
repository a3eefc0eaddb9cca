import type { Page } from "@whisperr/conformance-browsers";
import type { Project } from "../project.ts";
import type { Proofs } from "../proof.ts";

export interface Consumer {
  /** As in the table, such as "Node.js 18". */
  readonly name: string;
  /** Its folder in `consumers/`. Consumers of one folder share one installation. */
  readonly template: string;
  /** What it installs from the registry; each has to be proven. */
  readonly packages: readonly string[];
  /** Throws when something does not work; fills in what works. */
  prove(project: Project, proofs: Proofs, tools: Tools): Promise<void>;
}

export interface Tools {
  /** Opens a page of a real browser, and closes it when `use` has ended. */
  withPage<Result>(url: string, use: (page: Page) => Promise<Result>): Promise<Result>;
}

export const KEY = "wrk_test";

/** The page has tracked, which frameworks let it do some time after it was loaded, and its flush has ended. */
export const delivered = (page: Page): Promise<unknown> =>
  page.evaluate(`new Promise((resolve) => {
    const look = () => (globalThis.delivered ? resolve(globalThis.delivered) : setTimeout(look, 20));
    look();
  })`);
