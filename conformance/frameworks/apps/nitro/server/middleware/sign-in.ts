import { defineEventHandler, getHeader } from "h3";

export default defineEventHandler((event) => {
  const id = getHeader(event, "x-user");
  if (id !== undefined) event.context.user = { id };
});
