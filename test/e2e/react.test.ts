/** `<Picture>` of anneal/react: rendered by a server, taken over by React in a real Chromium, and typed. */
import { resolve } from "node:path";
import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { afterAll, describe, expect, it } from "vitest";
import type { AnnealSampleElement } from "../../worker/element/embed.d.ts";
import { Picture, type PictureProps } from "../../worker/element/react.ts";
import { bundled } from "../support/bundled.ts";
import { workerAndChromium } from "../support/visit.ts";
import { startWebPage } from "../support/web-page.ts";
import { Page } from "./apps/picture.ts";

const { worker, browser } = workerAndChromium();
const script = (entry: string, define?: Record<string, string>): Promise<string> => bundled(resolve(import.meta.dirname, entry), define);

const thread = JSON.stringify(await script("../../worker/drawing/thread.ts"));
const app = await script("apps/picture-client.ts", { "process.env.NODE_ENV": '"development"', THREAD_SCRIPT: thread });
const site = await startWebPage({ "/app.js": ["text/javascript", app] });
afterAll(() => site.stop());

const rendered = (props: PictureProps): string => renderToString(createElement(Picture, props));

describe("on a server", () => {
  it("is the element with its attributes and the server's image inside", () => {
    expect(
      rendered({ src: "/", seed: "a&b", label: "robot", steps: 2, size: 56, loading: "lazy", alt: "A robot", className: "avatar" }),
    ).toBe(
      '<anneal-sample src="/" seed="a&amp;b" label="robot" steps="2" size="56" loading="lazy" alt="A robot" class="avatar">' +
        '<img src="/sample?seed=a%26b&amp;class=robot&amp;steps=2&amp;size=56" alt="A robot" loading="lazy" width="56" height="56"/></anneal-sample>',
    );
  });

  it.each<[string, PictureProps, string]>([
    ["names the image as the element does", { seed: 7, src: "/", label: "robot" }, 'alt="Generated image of robot"'],
    ["names a class by its index", { seed: 7, src: "/", label: 0 }, 'alt="Generated image of class 0"'],
    ["only decorates with an empty alt", { seed: 7, src: "/", label: "robot", alt: "" }, 'alt=""'],
    ["has its children in place of the server's image", { seed: 7, src: "/", children: "AB" }, 'seed="7" src="/">AB</anneal-sample>'],
    ["asks for an empty seed, which the server refuses", { seed: "", src: "/" }, '<img src="/sample?seed="'],
  ])("%s", (_, props, html) => expect(rendered(props)).toContain(html));

  it.each([
    "https://a.example/b/",
    "https://a.example/b?c=/#/",
    "https://a.example",
    "//a.example/b/",
    "//a.example",
    "/b",
    "./b/?c#d",
    "../b/",
    ".",
    "b/..",
  ])("asks the service that the element asks: %s", (src) => {
    const page = "https://page.example/app/page";
    const { origin, pathname } = new URL(src, page);
    const [, shown] = /<img src="([^"]*)"/.exec(rendered({ seed: 7, src })) ?? [];
    expect(new URL(shown, page).href).toBe(`${origin}${pathname.endsWith("/") ? pathname : "/"}sample?seed=7`);
  });

  it("takes only what the element takes", () => {
    // @ts-expect-error: a seed is needed, since server and browser would choose different ones
    rendered({ src: "/" });
    // @ts-expect-error: an option of addresses and the library alone
    rendered({ seed: 7, radius: 50 });
    // @ts-expect-error: no such way
    rendered({ seed: 7, enlarge: "nearest" });
    // @ts-expect-error: it is called with a detail
    rendered({ seed: 7, onLoad: (event: Event) => event.target });
    expect(rendered({ seed: 7, n: 4, enlarge: "pixels", loading: "lazy", onLoad: ({ image }) => image.nfe })).toContain('n="4"');
  });
});

it.each([{}, { model: "./pets.onnx", src: "/" }, { src: "" }, { src: "http://[bad" }])(
  "without a service it keeps an empty place: %o",
  (props) => {
    expect(rendered({ seed: 7, ...props })).toMatch(/><svg width="112" height="112" aria-hidden="true"><\/svg><\/anneal-sample>$/);
  },
);

it.each(["is defined by the component", "is there before React"])(
  "in a browser: the element %s: it draws, and React finds what the server rendered",
  async (when) => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", ({ message }) => complaints.push(message));
    const own = renderToString(createElement(Page, { server: `${worker.origin}/` }));
    const embed = when === "is there before React" ? `<script type="module" src="${worker.origin}/embed.js"></script>` : "";
    site.set(`<div id="app" data-server="${worker.origin}/">${own}</div>${embed}<script type="module" src="/app.js"></script>`);
    await page.goto(site.url);
    const sample = page.locator("anneal-sample.avatar[label=plant]");
    await sample.waitFor();
    await page.getByRole("button").click();
    await page.locator("output", { hasText: "drawn 8" }).waitFor();
    const bytes = await sample.evaluate(async (element) => [...(await (await (element as AnnealSampleElement).toBlob()).bytes())]);
    const served = await (await fetch(`${worker.origin}/sample?seed=8&class=plant&steps=2`)).bytes();
    expect(Buffer.from(bytes).equals(served)).toBe(true);
    expect(await sample.evaluate((element) => element.querySelector("img")?.src)).toBe(
      `${worker.origin}/sample?seed=8&class=plant&steps=2`,
    );
    expect(complaints).toEqual([]);
    await page.close();
  },
);

it("calls onError of an image that fails at once", async () => {
  const page = await browser.newPage();
  site.set(
    `<script type="module" src="${worker.origin}/embed.js"></script><div id="app" data-server="http://[bad"></div><script type="module" src="/app.js"></script>`,
  );
  await page.goto(site.url);
  await page.locator("output", { hasText: "Expected a URL for `src` but received http://[bad" }).waitFor();
  await page.close();
});

it("calls onError where the element cannot be had", async () => {
  const page = await browser.newPage();
  const own = renderToString(createElement(Page, { server: `${worker.origin}/` }));
  const broken = `<script>customElements.define = () => { throw new Error("no element"); }</script>`;
  site.set(`${broken}<div id="app" data-server="${worker.origin}/">${own}</div><script type="module" src="/app.js"></script>`);
  await page.goto(site.url);
  await page.locator("output", { hasText: "no element" }).waitFor();
  await page.close();
});
