import { defineEventHandler } from "h3";
import { slowWork } from "../../../shop.ts";

export default defineEventHandler(async ({ context }) => {
  await slowWork();
  context.whisperr.track("report_made");
  return "made";
});
