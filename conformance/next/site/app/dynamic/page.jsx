import { connection } from "next/server";
import { Suspense } from "react";
import { whisperr } from "../../lib/whisperr";

async function Visit() {
  await connection();
  whisperr.track("user_8842", "page_opened");
  return <p>Dynamic</p>;
}

export default function Page() {
  return (
    <Suspense fallback={<p>…</p>}>
      <Visit />
    </Suspense>
  );
}
