/** Every event of the site has this name; pages and tests share it. */
export const STEP_EVENT = "step_taken";
