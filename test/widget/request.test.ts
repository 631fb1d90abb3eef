import { describe, expect, it } from "vitest";
import { RequestError } from "../../worker/widget/protocol.ts";
import { attributesOf, requestOf } from "../../worker/widget/request.ts";

describe("requestOf", () => {
  it("asks device and edge for the same image, with the class under its attribute's name", () => {
    const { label, ...options } = { seed: "süß & 7", label: "T-shirt/top", steps: "3", sampler: "heun", size: "56" };
    const { device, edgeUrl } = requestOf({ ...options, label, src: "https://anneal.test" });
    expect(device).toEqual({
      server: "https://anneal.test/",
      model: undefined,
      animate: false,
      options: { ...options, class: label },
    });
    expect(new URL(edgeUrl).origin).toBe("https://anneal.test");
    expect(Object.fromEntries(new URL(edgeUrl).searchParams)).toEqual({ ...options, class: label });
  });

  it("names another model in both, and takes only the server from an address", () => {
    const { device, edgeUrl } = requestOf({ seed: "7", model: "a/b", src: "https://anneal.test/any/page?q" });
    expect(device).toMatchObject({ server: "https://anneal.test/", model: "a/b", options: { seed: "7" } });
    expect(edgeUrl).toBe("https://anneal.test/sample?seed=7&model=a%2Fb");
  });

  it("keeps the path that a server is mounted under", () => {
    const { device, edgeUrl } = requestOf({ seed: "7", src: "https://anneal.test/images/" });
    expect(device.server).toBe("https://anneal.test/images/");
    expect(edgeUrl).toBe("https://anneal.test/images/sample?seed=7");
  });

  it("takes `src` relative to the page", () => {
    expect(requestOf({ seed: "7", src: "/" }).edgeUrl).toBe(`${location.origin}/sample?seed=7`);
  });

  it("refuses a `src` that is not a URL", () => {
    expect(() => requestOf({ seed: "7", src: "https://" })).toThrow(new RequestError("Expected a URL for `src` but received https://"));
  });
});

describe("attributesOf", () => {
  it("reads the given attributes, except empty ones and those of other names", () => {
    const element = document.createElement("div");
    element.innerHTML = `<div seed="7" label="" class="avatar" steps="3" animate title="x"></div>`;
    expect(attributesOf(element.firstElementChild!)).toEqual({ seed: "7", steps: "3", animate: "true" });
  });
});
