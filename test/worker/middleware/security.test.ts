/** What browsers may do with the answers, and the contract. */
import { describe, expect, it } from "vitest";
import { ask } from "../worker.ts";

const PAGES = ["/", "/reference"];
const OTHERS = ["/sample?seed=7&steps=1", "/v1/models", "/openapi.json", "/nope", "/v1/fashion-mnist/7.svg?steps=1", "/embed.js"];

describe("headers", () => {
  it.each([...PAGES, ...OTHERS])("%s is safe and may be shown anywhere", async (path) => {
    const { headers } = await ask(path);
    expect(
      Object.fromEntries(
        ["X-Content-Type-Options", "Cross-Origin-Resource-Policy", "Referrer-Policy", "Access-Control-Allow-Origin"].map((name) => [
          name,
          headers.get(name),
        ]),
      ),
    ).toEqual({
      "X-Content-Type-Options": "nosniff",
      "Cross-Origin-Resource-Policy": "cross-origin",
      "Referrer-Policy": "no-referrer",
      "Access-Control-Allow-Origin": "*",
    });
  });

  it.each(PAGES)("%s runs and loads nothing but the server's own files", async (path) => {
    const policy = (await ask(path)).headers.get("Content-Security-Policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|https?:/);
  });

  it.each(OTHERS)("%s may do nothing as a page", async (path) => {
    expect((await ask(path)).headers.get("Content-Security-Policy")).toBe("default-src 'none'; frame-ancestors *");
  });

  it("are for GET only where other origins are concerned", async () => {
    const headers = { Origin: "https://elsewhere.test", "Content-Type": "image/png" };
    const response = await ask("/v1/inspect", { method: "POST", body: "x", headers });
    expect([response.status, response.headers.get("Access-Control-Allow-Origin")]).toEqual([400, null]);
  });
});

describe("GET /openapi.json", () => {
  interface Contract {
    readonly openapi: string;
    readonly paths: Record<string, Record<string, { parameters?: { name: string; in: string; schema: object }[]; responses: object }>>;
  }

  it("is an OpenAPI 3.1 document of every route", async () => {
    const response = await ask("/openapi.json");
    expect(response.headers.get("Content-Type")).toBe("application/json");
    const { openapi, paths } = await response.json<Contract>();
    expect(openapi).toBe("3.1.0");
    expect(Object.entries(paths).map(([path, methods]) => [path, Object.keys(methods)])).toEqual([
      ["/v1/{model}@{version}/{seed}.{format}", ["get"]],
      ["/v1/{model}/{seed}.{format}", ["get"]],
      ["/sample", ["get"]],
      ["/v1/{model}/inpaint", ["post"]],
      ["/v1/{model}/variations", ["post"]],
      ["/v1/{model}/denoise", ["post"]],
      ["/v1/inspect", ["post"]],
      ["/v1/models", ["get"]],
      ["/models", ["get"]],
      ["/models/{model}/model.onnx", ["get"]],
      ["/model.onnx", ["get"]],
    ]);
    const steps = paths["/sample"].get.parameters?.find(({ name }) => name === "steps");
    expect(steps).toMatchObject({ in: "query", schema: { type: "integer", minimum: 1, maximum: 64 } });
  });

  it("tells the bounds, models and defaults that hold on this server", async () => {
    const { paths } = await (await ask("/openapi.json")).json<Contract>();
    const parameter = (path: string, method: string, name: string) =>
      paths[path][method].parameters?.find((known) => known.name === name)?.schema as Record<string, unknown>;
    for (const path of ["/sample", "/v1/{model}/{seed}.{format}"]) {
      expect(parameter(path, "get", "size")).toMatchObject({ type: "integer", minimum: 28, maximum: 448 });
    }
    expect(parameter("/sample", "get", "model").enum).toEqual(["fashion-mnist", "mnist"]);
    expect(parameter("/v1/{model}/{seed}.{format}", "get", "model").enum).toEqual(["fashion-mnist", "mnist"]);
    expect(parameter("/sample", "get", "class").description).toContain("Default: drawn from the seed.");
    for (const operation of ["inpaint", "variations", "denoise"]) {
      expect(parameter(`/v1/{model}/${operation}`, "post", "class").description).toContain("Default: none.");
      expect(parameter(`/v1/{model}/${operation}`, "post", "size")).toMatchObject({ minimum: 28 });
    }
  });

  it("is asked for again by its tag", async () => {
    const tag = (await ask("/openapi.json")).headers.get("ETag") ?? "";
    expect((await ask("/openapi.json", { headers: { "If-None-Match": tag } })).status).toBe(304);
  });
});
