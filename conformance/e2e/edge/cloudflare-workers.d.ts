/** What the scenarios' Workers use of the platform's module. */
declare module "cloudflare:workers" {
  import type { EdgeOptions } from "@whisperr/edge";

  export interface WorkerEnv {
    readonly OPTIONS: EdgeOptions;
  }

  export const env: WorkerEnv;
  export function waitUntil(promise: Promise<unknown>): void;
}
