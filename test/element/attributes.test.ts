import { describe, expect, it } from "vitest";
import { RequestError } from "../../worker/drawing/protocol.ts";
import { attributesOf, requestOf } from "../../worker/element/attributes.ts";

const HOME = { file: "https://anneal.test/avatars.onnx" };
const ask = (attributes: Parameters<typeof requestOf>[0]) => requestOf(attributes, HOME);

describe("requestOf", () => {
  it("asks for what the attributes say, with the class under its option's name", () => {
    const { label, ...options } = { seed: "süß & 7", label: "T-shirt/top", steps: "3", size: "56" };
    const others = { radius: "50", foreground: "fff", palette: "free", churn: "0", extrapolation: "1", temperature: "1", sampler: "heun" };
    expect(ask({ ...options, ...others, label, src: "https://anneal.test" })).toEqual({
      server: "https://anneal.test/",
      model: undefined,
      operation: "sample",
      animate: false,
      options: { ...options, class: label },
    });
  });

  it.each([
    ["the folder of the page from", ".", new URL(".", document.baseURI).href],
    ["only the server from an address", "https://anneal.test/any/page?q", "https://anneal.test/"],
    ["the path that a server is mounted under", "https://anneal.test/images/", "https://anneal.test/images/"],
    ["an address relative to the page", "/", `${location.origin}/`],
  ])("takes of `src` %s", (_, src, server) => {
    expect(ask({ seed: "7", model: "birds", src })).toMatchObject({ server, model: "birds" });
  });

  it("asks no service without `src`, unless there is one at home", () => {
    expect(ask({ seed: "7" })).toEqual({ ...HOME, operation: "sample", animate: false, options: { seed: "7" } });
    const relative = requestOf({ seed: "7" }, { file: "/_next/model.onnx" }); // as Next's bundler writes it
    expect(relative.file).toBe(`${location.origin}/_next/model.onnx`);
    const home = { ...HOME, server: "https://anneal.test/" };
    expect(requestOf({ seed: "7" }, home)).toMatchObject(home);
  });

  it.each(["./pets.onnx", "pets.onnx", "https://elsewhere.test/pets"])("takes the model %s from a file, whatever the service", (model) => {
    const file = new URL(model, document.baseURI).href;
    expect(ask({ seed: "7", model, src: "/" })).toEqual({ file, operation: "sample", animate: false, options: { seed: "7" } });
  });

  it("refuses what is not a URL", () => {
    expect(() => ask({ seed: "7", src: "https://" })).toThrow(
      new RequestError("invalid-value", "src", "Expected a URL for `src` but received https://"),
    );
    expect(() => ask({ seed: "7", model: "https://" })).toThrow(
      new RequestError("invalid-value", "model", "Expected a URL for `model` but received https://"),
    );
  });
});

it("attributesOf: reads the given attributes, except empty ones and those of other names", () => {
  const element = document.createElement("div");
  element.innerHTML = `<div seed="7" label="" class="avatar" steps="3" animated title="x"></div>`;
  expect(attributesOf(element.firstElementChild!)).toEqual({ seed: "7", steps: "3", animated: "true" });
});
