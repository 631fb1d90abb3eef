/** HEAD: the length of what GET would send, where it is known. */
import { describe, expect, it } from "vitest";
import { ask } from "../worker.ts";

const lengths = async (path: string): Promise<[head: string | null, body: number]> => {
  const head = await ask(path, { method: "HEAD" });
  expect((await head.arrayBuffer()).byteLength).toBe(0);
  return [head.headers.get("Content-Length"), (await (await ask(path)).arrayBuffer()).byteLength];
};

describe("HEAD", () => {
  it.each(["/how/", "/embed.js", "/v1/models", "/openapi.json", "/v1/models/mnist/model.onnx", "/nope"])(
    "knows the length of %s",
    async (path) => {
      const [head, body] = await lengths(path);
      expect(head).toBe(String(body));
    },
  );

  it.each(["png", "apng"])("states the length of a %s once it is drawn", async (format) => {
    const path = `/v1/fashion-mnist/${encodeURIComponent(`süß ${format}`)}.${format}?steps=1`;
    expect((await lengths(path))[0]).toBeNull();
    const [head, body] = await lengths(path);
    expect(head).toBe(String(body));
  });
});
