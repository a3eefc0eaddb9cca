import { type NextRequest, NextResponse } from "next/server";
import { whisperr } from "../../whisperr";

export async function POST(request: NextRequest): Promise<NextResponse> {
  const { card } = (await request.json()) as { readonly card?: string };
  if (card !== "declined") return NextResponse.json({ paid: true });
  whisperr.track("user_8842", "payment_failed", { amount_cents: 4900 });
  return NextResponse.json({ paid: false }, { status: 402 });
}
