import { defineEventHandler } from "h3";
import { whisperr } from "../../../shop.ts";

export default defineEventHandler(() => whisperr.stats());
