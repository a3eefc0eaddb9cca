import type { Handle } from "@sveltejs/kit";
import { sequence } from "@sveltejs/kit/hooks";
import { whisperrSvelteKit } from "@whisperr/node/sveltekit";
import { whisperr } from "../../shop.ts";

const signIn: Handle = ({ event, resolve }) => {
  const id = event.request.headers.get("x-user");
  if (id !== null) Object.assign(event.locals, { user: { id } });
  return resolve(event);
};

export const handle = sequence(whisperrSvelteKit(whisperr), signIn);
