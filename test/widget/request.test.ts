import { describe, expect, it } from "vitest";
import { RequestError } from "../../worker/widget/protocol.ts";
import { attributesOf, requestOf } from "../../worker/widget/request.ts";

describe("requestOf", () => {
  it("asks device and edge for the same image", () => {
    const options = { seed: "süß & 7", class: "T-shirt/top", steps: "3", sampler: "euler", size: "56" };
    const { device, edgeUrl } = requestOf({ ...options, src: "https://anneal.test" });
    expect(device).toEqual({ model: "https://anneal.test/model.onnx", runtime: "simd", options });
    expect(new URL(edgeUrl).origin).toBe("https://anneal.test");
    expect(Object.fromEntries(new URL(edgeUrl).searchParams)).toEqual(options);
  });

  it("names another model in both", () => {
    const { device, edgeUrl } = requestOf({ seed: "7", model: "a/b", runtime: "other", src: "https://anneal.test/any/page?q" });
    expect(device).toEqual({ model: "https://anneal.test/models/a%2Fb/model.onnx", runtime: "other", options: { seed: "7" } });
    expect(edgeUrl).toBe("https://anneal.test/sample?seed=7&model=a%2Fb");
  });

  it("takes `src` relative to the page", () => {
    expect(requestOf({ seed: "7", src: "/" }).edgeUrl).toBe(`${location.origin}/sample?seed=7`);
  });

  it("refuses a `src` that is no URL", () => {
    expect(() => requestOf({ seed: "7", src: "https://" })).toThrow(new RequestError("Expected a URL for `src` but received https://"));
  });
});

describe("attributesOf", () => {
  it("reads what is given: no empty attributes, and none of other names", () => {
    const element = document.createElement("div");
    element.innerHTML = `<div seed="7" class="" steps="3" title="x"></div>`;
    expect(attributesOf(element.firstElementChild!)).toEqual({ seed: "7", steps: "3" });
  });
});
