import { describe, expect, it } from "vitest";
import { encodeSvg } from "../../../../wasm-model/render/image/svg.ts";

const DOT = { pixels: Uint8Array.of(7), width: 1, height: 1, channels: 1 };

describe("encodeSvg", () => {
  it("draws runs of one colour as one rectangle, and all rectangles of a colour as one path", () => {
    const grey = { pixels: Uint8Array.of(0, 0, 255, 7, 255, 255), width: 3, height: 2, channels: 1 };
    expect(encodeSvg(grey, { title: "A bag" }, { width: 30, height: 20 })).toBe(
      `<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20" viewBox="0 0 3 2" role="img" shape-rendering="crispEdges"><title>A bag</title>` +
        `<path fill="#000000" d="M0 0h2v1h-2z"/><path fill="#ffffff" d="M2 0h1v1h-1zM1 1h2v1h-2z"/><path fill="#070707" d="M0 1h1v1h-1z"/></svg>\n`,
    );
  });

  it("knows colours", () => {
    const colours = { pixels: Uint8Array.of(255, 0, 0, 0, 128, 255), width: 2, height: 1, channels: 3 };
    expect(encodeSvg(colours, { title: "" })).toMatch(/fill="#ff0000" d="M0 0h1v1h-1z".*fill="#0080ff" d="M1 0h1v1h-1z"/);
  });

  it("knows alpha, and draws nothing where it is 0", () => {
    const pixels = Uint8Array.of(1, 2, 3, 0, 1, 2, 3, 255, 1, 2, 3, 128);
    expect(encodeSvg({ pixels, width: 3, height: 1, channels: 4 }, { title: "" })).toContain(
      `<title></title><path fill="#010203" d="M1 0h1v1h-1z"/><path fill="#010203" fill-opacity="0.502" d="M2 0h1v1h-1z"/></svg>`,
    );
  });

  it("keeps every alpha", () => {
    const pixels = Uint8Array.from({ length: 1020 }, (_, i) => (i % 4 === 3 ? (i >> 2) + 1 : 0));
    const svg = encodeSvg({ pixels, width: 255, height: 1, channels: 4 }, { title: "" });
    const alphas = [...svg.matchAll(/fill-opacity="([\d.]+)"/g)].map(([, opacity]) => Math.round(255 * Number(opacity)));
    expect(alphas).toEqual(Array.from({ length: 254 }, (_, i) => i + 1));
  });

  it("clips each cell of a grid at its round corners", () => {
    const image = { pixels: new Uint8Array(6 * 4 * 2), width: 6, height: 8, channels: 1 };
    const plain = encodeSvg(image, { title: "" });
    const round = encodeSvg(image, { title: "" }, image, { width: 3, height: 4, radius: 20 });
    const corners = [
      [0, 0],
      [3, 0],
      [0, 4],
      [3, 4],
    ].map(([x, y]) => `<rect x="${x}" y="${y}" width="3" height="4" rx="0.6"/>`);
    const clip = `<clipPath id="corners-6-8-3-4-20" shape-rendering="auto">${corners.join("")}</clipPath>`;
    expect(round).toBe(plain.replace(/(<path .*)<\/svg>/, `${clip}<g clip-path="url(#corners-6-8-3-4-20)">$1</g></svg>`));
  });

  it("takes any text as title and recipe, and writes it as XML allows", () => {
    const seed = '<b> & "\0\u0001\ufffe\uffff 🌰';
    const svg = encodeSvg(DOT, { title: seed, recipe: JSON.stringify({ seed }) });
    expect(svg).toContain('<title>&lt;b&gt; &amp; "\ufffd\ufffd\ufffd\ufffd 🌰</title>');
    const [, recipe] = /<metadata>(.*)<\/metadata>/.exec(svg) ?? [];
    expect(recipe).toMatch(/^[^<>\p{Cc}\ufffe\uffff]*$/u);
    expect(JSON.parse(recipe.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"))).toEqual({ seed });
  });
});
