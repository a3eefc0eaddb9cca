import { revalidatePath } from "next/cache";

export async function POST() {
  revalidatePath("/fixed");
  return new Response("ok");
}
