import { describe, expect, it } from "vitest";
import { RequestError } from "../../worker/drawing/protocol.ts";
import { attributesOf, requestOf } from "../../worker/element/request.ts";

const HOME = { file: "https://anneal.test/avatars.onnx" };
const ask = (attributes: Parameters<typeof requestOf>[0]) => requestOf(attributes, HOME);

describe("requestOf", () => {
  it("asks device and edge for the same image, with the class under its attribute's name", () => {
    const { label, ...options } = { seed: "süß & 7", label: "T-shirt/top", steps: "3", sampler: "heun", size: "56" };
    const { device, edgeUrl } = ask({ ...options, label, src: "https://anneal.test" });
    expect(device).toEqual({
      server: "https://anneal.test/",
      model: undefined,
      operation: "sample",
      animate: false,
      options: { ...options, class: label },
    });
    const edge = new URL(String(edgeUrl));
    expect(edge.origin).toBe("https://anneal.test");
    expect(Object.fromEntries(edge.searchParams)).toEqual({ ...options, class: label });
  });

  it("names another model in both, and takes only the server from an address", () => {
    const { device, edgeUrl } = ask({ seed: "7", model: "birds", src: "https://anneal.test/any/page?q" });
    expect(device).toMatchObject({ server: "https://anneal.test/", model: "birds", options: { seed: "7" } });
    expect(edgeUrl).toBe("https://anneal.test/sample?seed=7&model=birds");
  });

  it("keeps the path that a server is mounted under", () => {
    const { device, edgeUrl } = ask({ seed: "7", src: "https://anneal.test/images/" });
    expect(device.server).toBe("https://anneal.test/images/");
    expect(edgeUrl).toBe("https://anneal.test/images/sample?seed=7");
  });

  it("takes `src` relative to the page", () => {
    expect(ask({ seed: "7", src: "/" }).edgeUrl).toBe(`${location.origin}/sample?seed=7`);
  });

  it("asks no service without `src`, unless there is one at home", () => {
    expect(ask({ seed: "7" })).toEqual({
      device: { ...HOME, operation: "sample", animate: false, options: { seed: "7" } },
      edgeUrl: undefined,
    });
    const relative = requestOf({ seed: "7" }, { file: "/_next/model.onnx" }); // as Next's bundler writes it
    expect(relative.device.file).toBe(`${location.origin}/_next/model.onnx`);
    const home = { ...HOME, server: "https://anneal.test/" };
    const { device, edgeUrl } = requestOf({ seed: "7" }, home);
    expect([device, edgeUrl]).toMatchObject([home, "https://anneal.test/sample?seed=7"]);
  });

  it.each(["./pets.onnx", "pets.onnx", "https://elsewhere.test/pets"])("takes the model %s from a file, whatever the service", (model) => {
    const { device, edgeUrl } = ask({ seed: "7", model, src: "/" });
    expect(device).toEqual({ file: new URL(model, document.baseURI).href, operation: "sample", animate: false, options: { seed: "7" } });
    expect(edgeUrl).toBeUndefined();
  });

  it("refuses what is not a URL", () => {
    expect(() => ask({ seed: "7", src: "https://" })).toThrow(new RequestError("Expected a URL for `src` but received https://"));
    expect(() => ask({ seed: "7", model: "https://" })).toThrow(new RequestError("Expected a URL for `model` but received https://"));
  });
});

it("attributesOf: reads the given attributes, except empty ones and those of other names", () => {
  const element = document.createElement("div");
  element.innerHTML = `<div seed="7" label="" class="avatar" steps="3" animate title="x"></div>`;
  expect(attributesOf(element.firstElementChild!)).toEqual({ seed: "7", steps: "3", animate: "true" });
});
