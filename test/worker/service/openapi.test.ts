/** GET /openapi.json. */
import { describe, expect, it, vi } from "vitest";
import { ask } from "../worker.ts";
import { SHIPPED, service } from "./service.ts";

/** An OpenAPI document as far as these tests read it. */
interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly schema: { readonly enum?: readonly string[]; readonly pattern?: string; readonly examples?: readonly unknown[] };
  readonly description: string;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Contract {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly components: { readonly schemas: { readonly Problem: { readonly required: readonly string[] } } };
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
}

/** All operations, with their places. */
const operationsOf = ({ paths }: Contract): { path: string; operation: Operation }[] =>
  Object.entries(paths).map(([path, { get }]) => ({ path, operation: get }));

const contract = await (await ask("/openapi.json")).json<Contract>();

const operation = (path: string): Operation => contract.paths[path].get;
const parameter = (path: string, name: string) => operation(path).parameters?.find((known) => known.name === name);

describe("the document", () => {
  it("is OpenAPI 3.1 and describes every route of the API", async () => {
    const { headers } = await ask("/openapi.json");
    expect(headers.get("Content-Type")).toBe("application/json");
    expect((await ask("/openapi.json", { headers: { "If-None-Match": headers.get("ETag") ?? "" } })).status).toBe(304);
    expect(contract.openapi).toBe("3.1.0");
    expect(contract.servers).toMatchObject([{ url: "/" }]);
    expect(operationsOf(contract).map(({ path, operation }) => [operation.operationId, path])).toEqual([
      ["drawSample", "/sample"],
      ["drawImage", "/v1/{model}/{seed}.{format}"],
      ["listModels", "/v1/models"],
      ["getModelFile", "/v1/models/{model}/model.onnx"],
      ["getHealth", "/health"],
      ["getOpenApi", "/openapi.json"],
    ]);
  });

  it("states the bounds, models and defaults of this server", () => {
    for (const path of ["/sample", "/v1/{model}/{seed}.{format}"]) {
      expect(parameter(path, "size")?.schema).toMatchObject({ type: "integer", minimum: 16, maximum: 512 });
      expect(parameter(path, "steps")).toMatchObject({ in: "query", schema: { type: "integer", minimum: 1, maximum: 64 } });
    }
    expect(parameter("/sample", "model")?.schema.enum).toEqual(SHIPPED.map(({ name }) => name));
    const { pattern = "" } = parameter("/v1/{model}/{seed}.{format}", "model")?.schema ?? {};
    expect(["mnist", `mnist@${"0".repeat(32)}`, "nope"].map((name) => new RegExp(pattern).test(name))).toEqual([true, true, false]);
    expect(parameter("/sample", "class")?.description).toContain("Default: drawn from the seed.");
  });

  it("has examples that the server takes", async () => {
    const beside: Record<string, string> = { t: "&to=bob", frames: "&format=apng", background: "&model=mnist", foreground: "&model=mnist" };
    for (const { name, schema } of operation("/sample").parameters ?? []) {
      const example = String(schema.examples?.[0]);
      const seed = name === "seed" ? "" : "&seed=7";
      expect([name, (await ask(`/sample?${name}=${example}${seed}${beside[name] ?? ""}`)).status]).toEqual([name, 200]);
    }
    for (const { path, operation } of operationsOf(contract)) {
      const examples = Object.fromEntries(operation.parameters?.map(({ name, schema }) => [name, schema.examples?.at(-1)]) ?? []);
      const address = path.replaceAll(/\{(\w+)\}/g, (_, name) => String(examples[name]));
      expect([path, (await ask(address)).status]).toEqual([path, 200]);
    }
  });

  it("describes a failure of the service, whose problem has what the schema requires", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const failing = service({}, { runtime: { load: async () => Promise.reject(new Error("no memory")) } });
    const answer = await failing("/sample?seed=fails");
    expect(answer.status).toBe(500);
    expect(Object.keys(await answer.json<object>())).toEqual(contract.components.schemas.Problem.required);
    for (const { operation } of operationsOf(contract)) expect(Object.keys(operation.responses)).toEqual(["200", "500", "503", "4XX"]);
  });
});
