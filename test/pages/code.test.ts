/** Address and code of an image, as Create shows them. */
import { expect, it } from "vitest";
import { codeFor } from "../../worker/pages/create/code.ts";

const PLACE = { server: "https://a.example/", file: "https://a.example/v1/models/avatars/model.onnx", isServed: true };
const codes = (options: Parameters<typeof codeFor>[0], place = PLACE) =>
  Object.fromEntries(codeFor(options, place).map(({ title, code }) => [title, code]));

it("has the address, and the code for a page with and without script, for React and for Node", () => {
  expect(codes({ seed: "alice", class: "robot", size: 128 })).toEqual({
    Address: "https://a.example/sample?seed=alice&class=robot&size=128",
    "<img>, drawn by the server":
      '<img src="https://a.example/sample?seed=alice&amp;class=robot&amp;size=128" alt="" width="128" height="128">',
    "HTML, drawn by the visitor's device":
      '<script type="module" src="https://a.example/embed.js"></script>\n<anneal-sample seed="alice" label="robot" size="128"></anneal-sample>',
    React:
      'import { Picture } from "anneal/react";\n\nexport const Image = () => <Picture src="https://a.example/" seed="alice" label="robot" size="128" />;',
    Node: expect.stringContaining('sample(model, { seed: "alice", class: "robot", size: 128 })'),
  });
});

it("names a model that is not the site's first: by its name, where there are only files by its address", () => {
  const ofPixels = { ...PLACE, file: "https://a.example/pixels.onnx", model: "pixels" };
  expect(codes({ seed: "alice", size: 128 }, ofPixels)).toMatchObject({
    Address: "https://a.example/sample?model=pixels&seed=alice&size=128",
    "HTML, drawn by the visitor's device": expect.stringContaining('<anneal-sample model="pixels" seed="alice" size="128">'),
    React: expect.stringContaining('<Picture src="https://a.example/" model="pixels" seed="alice" size="128" />'),
    Node: expect.stringContaining('loadModel("https://a.example/pixels.onnx")'),
  });
  expect(codes({ seed: "alice", size: 128 }, { ...ofPixels, isServed: false })).toMatchObject({
    "HTML, drawn by the visitor's device": expect.stringContaining('<anneal-sample model="https://a.example/pixels.onnx" seed'),
    React: expect.stringContaining('<Picture model="https://a.example/pixels.onnx" seed="alice"'),
  });
});

it("has no text of a visitor's as markup or script", () => {
  const seed = '"><script>alert(1)</script>&\\';
  const { React, Node, ...rest } = codes({ seed, size: 128 });
  for (const code of Object.values(rest)) expect(code).not.toContain("<script>");
  for (const code of [React, Node]) expect(code).toContain(JSON.stringify(seed));
});

it("names no server where there are only files, and no widget where that lacks an option", () => {
  expect(Object.keys(codes({ seed: "alice", size: 128 }, { ...PLACE, isServed: false }))).toEqual([
    "HTML, drawn by the visitor's device",
    "React",
    "Node",
  ]);
  expect(Object.keys(codes({ seed: "alice", unknown: 1, size: 128 }))).toEqual(["Address", "<img>, drawn by the server", "Node"]);
});
