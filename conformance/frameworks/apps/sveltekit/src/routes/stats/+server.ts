import { json, type RequestHandler } from "@sveltejs/kit";
import { whisperr } from "../../../../shop.ts";

export const GET: RequestHandler = async () => json(whisperr.stats());
