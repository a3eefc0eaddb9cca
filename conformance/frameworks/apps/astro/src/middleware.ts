import { closeOnSignal } from "@whisperr/node";
import { astroServer, whisperrAstro } from "@whisperr/node/astro";
import { defineMiddleware, sequence } from "astro/middleware";
import { whisperr } from "../../shop.ts";

const signIn = defineMiddleware(({ request, locals }, next) => {
  const id = request.headers.get("x-user");
  if (id !== null) Object.assign(locals, { user: { id } });
  return next();
});

export const onRequest = sequence(whisperrAstro(whisperr), signIn);
closeOnSignal(whisperr, { server: astroServer(), timeoutMs: 30_000 });
