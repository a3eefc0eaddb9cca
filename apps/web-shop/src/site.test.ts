import { expect, test } from "vitest";
import { createSite } from "./site.ts";

const site = createSite({ apiKey: "wrk_test", baseUrl: "http://127.0.0.1:4000/ingest" });

test("a page may load its own files and talk to the ingestion API, nothing else", async () => {
  const page = await site.request("/");
  expect(await page.text()).toContain("<title>Plans</title>");
  expect(page.headers.get("content-security-policy")).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src http://127.0.0.1:4000; form-action 'none'",
  );
});

test.each(["/loader.js", "/whisperr.iife.js", "/shop.js", "/config.js", "/account.html", "/shop.css"])(
  "%s is there",
  async (path) => {
    const answer = await site.request(path);
    expect(answer.status).toBe(200);
    expect(await answer.text()).not.toBe("");
  },
);

test("the configuration is what the site was made with", async () => {
  const script = await (await site.request("/config.js")).text();
  expect(script).toBe('window.shopConfig = {"apiKey":"wrk_test","baseUrl":"http://127.0.0.1:4000/ingest"};');
});
