/** What is used of Next.js, which the app brings. */
declare module "next/server.js" {
  export function after(task: Promise<unknown>): void;
}
