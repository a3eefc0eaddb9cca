import { whisperr } from "../../lib/whisperr";

/** Rendered ahead: at build time, and again after `fixed/again`. */
export default function Page() {
  whisperr.track("user_8842", "page_prerendered");
  return <p>Fixed</p>;
}
