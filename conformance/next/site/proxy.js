import { NextResponse } from "next/server";
import { whisperr } from "./lib/whisperr";

export function proxy() {
  whisperr.track("user_8842", "request_seen");
  return NextResponse.next();
}

export const config = { matcher: "/profile" };
