import { describe, expect, it } from "vitest";
import { modelCard } from "../../wasm-model/index.ts";
import { ask } from "./worker.ts";

interface ModelsJson {
  readonly models: { readonly name: string; readonly labels: string[]; readonly file: string; readonly bytes: number }[];
}

describe("GET /models", () => {
  it("lists each model with its card and its file, which is whole", async () => {
    const response = await ask("/models");
    expect(response.headers.get("Content-Type")).toBe("application/json");
    const { models } = await response.json<ModelsJson>();
    expect(models.map(({ name }) => name)).toEqual(["fashion-mnist"]);
    for (const { name, labels, file, bytes } of models) {
      const download = await ask(file);
      expect(download.headers.get("Access-Control-Allow-Origin")).toBe("*");
      const content = new Uint8Array(await download.arrayBuffer());
      expect(content.length).toBe(bytes);
      expect(modelCard(content)).toMatchObject({ name, labels });
    }
  });
});
