import type { APIRoute } from "astro";
import { whisperr } from "../../../shop.ts";

export const GET: APIRoute = () => Response.json(whisperr.stats());
