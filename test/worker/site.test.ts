import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { simd } from "../../wasm-model/runtime/simd.workerd.ts";
import { createApp } from "../../worker/app.ts";
import { anneal } from "../../worker/hono.workerd.ts";
import type { Env } from "../../worker/http/env.ts";
import { servedModels } from "../../worker/models/served.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";
import { ask, LINKED_PAGES } from "./worker.ts";

const PAGES = ["/", "/draw", "/studio", "/morph", "/repaint"];

const page = async (path: string): Promise<string> => (await ask(path)).text();

/** The page's Open Graph tags. */
const openGraph = (html: string) => (property: string) =>
  new RegExp(`<meta property="og:${property}" content="([^"]+)"`).exec(html)?.[1].replaceAll("&amp;", "&");

/** Addresses of the page's images, loaded at once or by the script. */
const images = (html: string): string[] =>
  [...html.matchAll(/<img (?:data-)?src="([^"]+)"/g)].map(([, url]) => url.replaceAll("&amp;", "&"));

describe("the pages that draw", () => {
  it.each(PAGES)("%s answers with a page whose images exist", async (path) => {
    const response = await ask(`${path}?seed=7`);
    expect([response.status, response.headers.get("Content-Type")]).toEqual([200, "text/html; charset=UTF-8"]);
    const html = await response.text();
    for (const url of images(html).slice(0, 2))
      expect([url, (await ask(url)).headers.get("Content-Type")]).toEqual([url, expect.stringMatching(/^image\/a?png$/)]);
    expect(html.match(/<img [^>]*alt="/g)?.length ?? 0).toBe(images(html).length);
  });

  it.each(PAGES)("%s has Open Graph tags, with an absolute address of an image", async (path) => {
    const second = { "/morph": "&to=8", "/repaint": "&from=8" }[path] ?? "";
    const content = openGraph(await page(`${path}?seed=7${second}`));
    for (const property of ["type", "title", "description", "url"]) expect(content(property)).toBeTruthy();
    expect(content("url")).toMatch(/^https:\/\/anneal\.test\/.*seed=7/);
    if (path === "/repaint") return; // it has no address
    const image = new URL(content("image") ?? "");
    expect([image.origin, image.searchParams.get("size")]).toEqual(["https://anneal.test", "448"]);
    expect((await ask(image.pathname + image.search)).headers.get("Content-Type")).toBe("image/png");
  });

  it("open /draw with an example and its image, unless a new seed is asked for", async () => {
    const example = await page("/draw");
    expect(example).toContain('<option value="face" selected>');
    expect(example).toMatch(/data-example="[\w-]{20,}"/);
    expect(await page("/draw")).toBe(example);
    expect(await page("/draw?class=Trouser")).toContain('data-example="AA"'); // empty paper
    expect(await page("/draw?model=cifar10")).toMatch(/name="guidance"[^>]* value="2"/);
  });

  it.each(PAGES.filter((path) => !["/", "/draw"].includes(path)))("%s chooses a seed if there is none", async (path) => {
    const [first, second] = await Promise.all([ask(path), ask(`${path}?seed=&model=&new=yes`)]);
    expect([first.headers.get("Cache-Control"), second.headers.get("Cache-Control")]).toEqual(["no-store", "no-store"]);
    const seed = (html: string) => /name="seed" value="(\w+)"/.exec(html)?.[1];
    const [one, other] = [seed(await first.text()), seed(await second.text())];
    expect(one).toMatch(/^[0-9a-f]{8}$/);
    expect(other).not.toBe(one);
  });

  it("are cached if nothing is chosen at random", async () => {
    for (const path of ["/?seed=7", "/studio?seed=7", "/morph?seed=7&to=8", "/repaint?seed=7&from=8"]) {
      expect([path, (await ask(path)).headers.get("Cache-Control")]).toEqual([path, "public, max-age=0, must-revalidate"]);
    }
    expect((await ask("/morph?seed=7")).headers.get("Cache-Control")).toBe("no-store");
  });

  it.each([
    ["/draw?strength=3", "“strength” takes a number from 0 to 2, not 3."],
    ["/?guidance=2", "There is no setting “guidance” on this page."],
    ["/?seed=7&seed=8", "“seed” is given more than once."],
    ["/?seed=%ff", "“seed” takes percent-encoded UTF-8, not "],
    ["/studio?steps=0", "“steps” takes an integer from 1 to 64, not 0."],
    ["/studio?model=nope", "“model” takes one of fashion-mnist, mnist, avatars, cifar10, not nope."],
    ["/repaint?do=dance", "“do” takes one of inpaint, vary, denoise, not dance."],
    [`/?seed=${"x".repeat(257)}`, "“seed” takes Unicode text of 1 to 256 bytes in UTF-8, not "],
  ])("name what is wrong: %s", async (path, sentence) => {
    const response = await ask(path);
    expect([response.status, response.headers.get("Content-Type")]).toEqual([400, "text/html; charset=UTF-8"]);
    const html = await response.text();
    const shown = /<p id="problem"[^>]*>([^<]*)</.exec(html)?.[1];
    expect(shown).toContain(sentence);
    expect(shown).not.toMatch(/Expected|received|https?:/);
  });

  it("ignore a form's neutral colours", async () => {
    const [neutral, none, some] = await Promise.all(
      ["&background=%23000000&foreground=%23ffffff", "", "&background=%23000000&foreground=%23ffd27f"].map((colours) =>
        page(`/studio?seed=7${colours}`),
      ),
    );
    const address = (html: string) => /\/v1\/fashion-mnist@[^<]*/.exec(html)?.[0];
    expect(address(neutral)).toBe(address(none));
    expect(address(some)).toContain("background=000000&amp;foreground=ffd27f");
    expect(address(await page("/studio?seed=7&background=%23000000&clear=yes&foreground=%23ffffff"))).toContain("background=transparent");
  });

  it("show foreign text as text", async () => {
    const html = await page(`/?seed=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(html).not.toContain("<script>alert");
    expect(html).toContain("&lt;script&gt;alert(1)");
  });

  it("offer no image that the server would not draw", async () => {
    const html = await page("/studio?seed=7&sampler=ald&steps=64&n=4");
    expect(html).toMatch(/this one costs [\d.]+ GMAC: only your device draws it/);
    expect(html).not.toContain('<div class="image"><img');
    expect(html).not.toContain("Permanent address");
  });
});

describe("the first look", () => {
  const shownModel = (html: string) => /id="controls" data-model="([^"]+)"/.exec(html)?.[1];
  const links = (html: string) => [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, url]) => url.replaceAll("&amp;", "&"));

  it.each([
    ["/", "avatars"],
    ["/?seed=7", "fashion-mnist"],
    ["/studio?class=Bag", "fashion-mnist"],
    ["/morph?seed=7&to=8", "fashion-mnist"],
  ])("%s shows %s, and says so in a header", async (path, model) => {
    const response = await ask(path);
    expect([response.headers.get("X-Model"), shownModel(await response.text())]).toEqual([model, model]);
  });

  it.each(["/", "/studio"])("%s names the model in all that it links to and shows, code included", async (path) => {
    const html = await page(path);
    const main = html.slice(html.indexOf("<main"), html.indexOf("</main>"));
    const ofModels = links(main).filter((url) => /^\/(?:sample|draw|studio|morph|repaint|v1)?(?:[/?]|$)/.test(url));
    expect(ofModels.length).toBeGreaterThan(2);
    const others = ["/?model=fashion-mnist", "/?model=mnist", "/?model=cifar10"];
    expect(ofModels.filter((url) => !/[?&]model=avatars(?:&|$)|^\/v1\/avatars@/.test(url) && !others.includes(url))).toEqual([]);
    for (const code of [
      /curl &quot;https:\/\/anneal\.test\/sample\?[^\s]*model=avatars/,
      / model=&quot;avatars&quot;&gt;&lt;\/anneal-sample/,
      /\/v1\/models\/avatars\/model\.onnx/,
    ])
      expect(main).toMatch(code);
    expect(main).toMatch(/<(?:input type="hidden" name="model" value="avatars"|option value="avatars" selected)>/);
    expect(openGraph(html)("image")).toContain("model=avatars");
  });

  it("is the default model's where there are no avatars", async () => {
    const app = new Hono().route("/", anneal({ models: [randomModelFile(TINY, 1, "int8")] }));
    const html = await (await app.request("/", {}, env)).text();
    expect(shownModel(html)).toBe("random");
  });
});

describe("the wall of the home page", () => {
  const faces = (html: string) => [...html.matchAll(/data-seed="([^"]+)"><span class="face">.*?<span>([^<]*)<\/span>/g)];

  it("has forty selected images of the first look's model, each with its class and a link to it", async () => {
    const html = await page("/");
    expect(html).toContain("A 2 MB neural network draws these in your browser.");
    expect(html).toContain("Same seed, same image, everywhere.");
    expect(html).toContain("A classifier chose these from 1000 seeds.");
    const found = faces(html);
    expect(found.length).toBe(40);
    for (const [, seed, label] of found.slice(0, 12)) {
      const { headers } = await ask(`/sample?seed=${seed}&model=avatars`, { method: "HEAD" });
      const { searchParams } = new URL(headers.get("Content-Location") ?? "", "https://anneal.test");
      expect([seed, searchParams.get("class")]).toEqual([seed, label]);
    }
  });
});

it("links every page from every page, and the source code if its address is known", async () => {
  const app = createApp(await servedModels(simd));
  const linksOf = async (path: string, bindings: Partial<Env["Bindings"]> = {}) => {
    const html = await (await app.request(`https://anneal.test${path}`, {}, { ...env, ...bindings })).text();
    return [...html.matchAll(/<a (?:class="brand" )?href="([^"]+)"/g)].map(([, url]) => url);
  };
  const SOURCE = "https://code.test/anneal";
  for (const path of LINKED_PAGES) {
    expect([path, await linksOf(path)]).toEqual([path, expect.arrayContaining(LINKED_PAGES)]);
    expect(await linksOf(path)).not.toContain(SOURCE);
    expect(await linksOf(path, { SOURCE })).toContain(SOURCE);
  }
});

it("contains its style, and has scripts and a font that any origin may read", async () => {
  const html = await page("/?seed=7");
  expect(html).toMatch(/<style>:root\{.*url\("?\/assets\/display\.woff2"?\)/s);
  const files = [...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path);
  expect(files.length).toBe(3); // the script, the font, the poster
  for (const path of files) {
    const response = await ask(path);
    expect([path, response.status, response.headers.get("Access-Control-Allow-Origin")]).toEqual([path, 200, "*"]);
  }
});
