import { describe, expect, it } from "vitest";
import { resolve } from "../../wasm-model/index.ts";
import { ENTRIES } from "../../worker/models/served.ts";
import { SAMPLE_KEYS } from "../../worker/pictures/query.ts";
import { page } from "../../worker/site/page.ts";
import { ask } from "./worker.ts";

/** The page's images, as the URLs that a browser would ask for, at once or by the script. */
const images = (html: string): string[] =>
  [...html.matchAll(/<img (?:data-)?src="([^"]+)"/g)].map(([, url]) => url.replaceAll("&amp;", "&"));

describe("GET /", () => {
  it("is a page with a grid of samples, each of which exists", async () => {
    const response = await ask("/?seed=7&steps=1&class=Sneaker");
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toMatch(/^text\/html/);
    const html = await response.text();
    const grid = images(html).filter((url) => url.includes("seed=7%2F"));
    expect(grid.length).toBe(12);
    for (const url of grid.slice(0, 3)) {
      expect(new URL(url, "https://anneal.test").searchParams.get("class")).toBe("Sneaker");
      expect((await ask(url)).headers.get("Content-Type")).toBe("image/png");
    }
    expect(html.match(/<img [^>]*alt="[^"]+"/g)?.length).toBe(images(html).length);
    expect(html).toContain('<option value="Sneaker" selected>');
  });

  it("lists the keys that /sample takes, and no others", async () => {
    const html = await (await ask("/?seed=7&steps=1")).text();
    const listed = [...html.matchAll(/<dt><code>(\w+)<\/code><\/dt>/g)].map(([, key]) => key);
    expect(listed).toEqual(SAMPLE_KEYS);
    expect(html).toContain("the one of the seed <code>{seed}/{k}</code>");
  });

  it("shows new samples every time unless a seed is given", async () => {
    const [first, second] = await Promise.all([ask("/"), ask("/?seed=&class=&new=yes")]);
    expect(first.headers.get("Cache-Control")).toBe("no-store");
    expect(images(await first.text())).not.toEqual(images(await second.text()));
    expect(await (await ask("/?seed=7")).text()).toBe(await (await ask("/?seed=7")).text());
  });

  it("shows what is wrong instead of samples", async () => {
    const response = await ask("/?steps=0");
    expect(response.status).toBe(400);
    const html = await response.text();
    expect(html).toContain('<p id="problem" role="alert">Expected an integer from 1 to 64 for `steps` but received 0</p>');
    expect(html).not.toContain("0%2F");
  });

  it.each([
    ["/?guidance=2", "Expected no such key (the keys are seed, model, class, steps, sampler) for `guidance` but received 2"],
    ["/?seed=7&colour=red", "Expected no such key (the keys are seed, model, class, steps, sampler) for `colour` but received red"],
    ["/?guidance=", "Expected no such key (the keys are seed, model, class, steps, sampler) for `guidance` but received &quot;&quot;"],
    ["/?seed=7&seed=8", "for `seed` but received 2 values"],
    ["/?seed=%ff", "Expected percent-encoded UTF-8 for `seed` but received"],
  ])("says so when it is asked what it does not know: %s", async (path, sentence) => {
    const response = await ask(path);
    expect([response.status, response.headers.get("Content-Type")]).toEqual([400, "text/html; charset=UTF-8"]);
    const html = await response.text();
    expect(html).toContain(sentence);
    expect(html).toContain("No samples.");
  });

  it("draws the typed seed when Enter presses the form's first button", async () => {
    const html = await (await ask("/?seed=7")).text();
    expect(/<button type="submit"[^>]*>/.exec(html)?.[0]).not.toContain("new");
  });

  it("counts presentations, for there are fewer images", async () => {
    expect(await (await ask("/?seed=7")).text()).toMatch(/trained with [\d,]+ presentations of images from fashion-mnist/);
  });

  it("shows what is wrong with a seed that has no room for a sample's number", async () => {
    expect((await ask(`/?seed=${"x".repeat(253)}`)).status).toBe(200);
    for (const length of [254, 255, 256, 257]) {
      const response = await ask(`/?seed=${"x".repeat(length)}`);
      expect(response.status).toBe(400);
      expect(response.headers.get("Content-Type")).toMatch(/^text\/html/);
      expect(await response.text()).toContain("Expected Unicode text of 1 to 253 code points for `seed` but received");
    }
  });

  it("shows one seed at many noise levels, whatever the form asks for", async () => {
    const strip = async (query: string) => images(await (await ask(query)).text()).filter((url) => url.startsWith("/sample?seed=7&"));
    const plain = await strip("/");
    expect(plain.length).toBe(8);
    for (const query of ["/?class=foo", "/?steps=0", "/?sampler=ald&steps=20"]) expect(await strip(query)).toEqual(plain);
    for (const url of plain.slice(0, 3))
      expect((await ask(url)).headers.get("X-NFE")).toBe(new URL(url, "https://anneal.test").searchParams.get("steps"));
  });

  it.each([
    [64, 128],
    [20, 36],
    [512, 512],
    [12, 4000],
  ])("links to pictures of whole multiples of %ix%i pixels that may be so large", async (width, height) => {
    const shipped = ENTRIES[0].card;
    const card = { ...shipped, spec: { ...shipped.spec, width, height } };
    const state = {
      origin: "",
      models: ["m"],
      model: { name: "m", card },
      request: { seed: "7" },
      budget: Number.POSITIVE_INFINITY,
      inFlight: 48e9,
    };
    const links = [...String(await page(state)).matchAll(/<a href="(\/sample[^"]+)"/g)].map(([, url]) => url.replaceAll("&amp;", "&"));
    expect(links.length).toBe(20);
    for (const link of links) {
      const { seed = "", size } = Object.fromEntries(new URL(link, "https://anneal.test").searchParams);
      expect(resolve("sample", { seed, size }, card).width % width).toBe(0);
    }
  });

  it("shows foreign text as text", async () => {
    const html = await (await ask(`/?seed=${encodeURIComponent('"><script>alert(1)</script>')}`)).text();
    expect(html).not.toContain("<script>alert");
    expect(html).toContain("&lt;script&gt;alert(1)");
  });

  it("comes with its style and script, readable from anywhere", async () => {
    for (const path of ["/assets/site.css", "/assets/site.js"]) {
      const response = await ask(path);
      expect(response.status).toBe(200);
      expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    }
  });
});
