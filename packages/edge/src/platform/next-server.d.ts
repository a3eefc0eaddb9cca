/** What is used of Next.js, which the app brings. */
declare module "next/server" {
  export function after(task: Promise<unknown>): void;
}
