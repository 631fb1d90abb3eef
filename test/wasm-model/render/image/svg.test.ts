import { describe, expect, it } from "vitest";
import { encodeSvg } from "../../../../wasm-model/render/image/svg.ts";

describe("encodeSvg", () => {
  it("draws runs of one colour as one rectangle, all of a colour as one path", () => {
    const grey = { pixels: Uint8Array.of(0, 0, 255, 7, 255, 255), width: 3, height: 2, channels: 1 };
    expect(encodeSvg(grey, { width: 30, height: 20 })).toBe(
      `<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20" viewBox="0 0 3 2" shape-rendering="crispEdges">` +
        `<path fill="#000000" d="M0 0h2v1h-2z"/><path fill="#ffffff" d="M2 0h1v1h-1zM1 1h2v1h-2z"/><path fill="#070707" d="M0 1h1v1h-1z"/></svg>\n`,
    );
  });

  it("knows colours", () => {
    const colours = { pixels: Uint8Array.of(255, 0, 0, 0, 128, 255), width: 2, height: 1, channels: 3 };
    expect(encodeSvg(colours, { width: 2, height: 1 })).toMatch(/fill="#ff0000" d="M0 0h1v1h-1z".*fill="#0080ff" d="M1 0h1v1h-1z"/);
  });
});
