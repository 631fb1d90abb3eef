import { describe, expect, it } from "vitest";
import { ask } from "./worker.ts";

/** The page's images, as the URLs that a browser would ask for. */
const images = (html: string): string[] => [...html.matchAll(/<img src="([^"]+)"/g)].map(([, url]) => url.replaceAll("&amp;", "&"));

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
