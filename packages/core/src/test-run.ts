/** Whether this is a run of tests: most test runners say so in the environment. */
export function isTestRun(variable: (name: string) => string | undefined): boolean {
  return variable("NODE_ENV") === "test" || Boolean(variable("VITEST") || variable("JEST_WORKER_ID"));
}
