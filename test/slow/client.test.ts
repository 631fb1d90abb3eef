/**
 * Clients generated from the OpenAPI document compile under strict: openapi-typescript types every answer, hey-api what
 * is an image and what is JSON.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Contract, operationsOf } from "../support/contract.ts";
import { installTools, toolPath } from "../tools/install.ts";

const TSC = resolve(import.meta.dirname, "../../node_modules/typescript/bin/tsc");
const folder = mkdtempSync(join(tmpdir(), "anneal-"));

let contract: Contract;

function run(script: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return stdout;
}

beforeAll(() => {
  installTools();
  const document = run(resolve(import.meta.dirname, "../tools/document.ts"));
  contract = JSON.parse(document);
  writeFileSync(join(folder, "openapi.json"), document);
  run(toolPath("openapi-typescript/bin/cli.js"), "openapi.json", "--output", "contract.d.ts");
  run(
    toolPath("@hey-api/openapi-ts/bin/run.js"),
    "--input",
    "openapi.json",
    "--output",
    "hey-api",
    "--plugins",
    "@hey-api/typescript",
    "--silent",
  );
  symlinkSync(toolPath(""), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
});

afterAll(() => rmSync(folder, { recursive: true }));

function compile(name: string, program: string): string {
  writeFileSync(join(folder, name), program);
  const options = ["--strict", "--noEmit", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"];
  const host = ["--target", "es2023", "--lib", "es2023,dom,dom.iterable", "--module", "nodenext"];
  return spawnSync(process.execPath, [TSC, ...options, ...host, name], { cwd: folder, encoding: "utf8" }).stdout;
}

/** Types of answers: text for files, an object for JSON. */
const ANSWERS = `import type { operations } from "./contract.d.ts";

type IsAny<T> = 0 extends 1 & T ? true : false;
type IsText<T> = IsAny<T> extends true ? false : [T] extends [string] ? ([string] extends [T] ? true : false) : false;
/** Has named fields, none of which is unknown. */
type IsRecord<T> = IsAny<T> extends true ? false : [T] extends [object] ? (string extends keyof T ? false : unknown extends T[keyof T] ? false : [keyof T] extends [never] ? false : true) : false;
type Answer<O extends keyof operations> = operations[O]["responses"];
export const known: true[] = [];
`;

it("knows the type of every answer and header", () => {
  const lines = operationsOf(contract).flatMap(({ operation: { operationId, responses } }) =>
    Object.entries(responses).flatMap(([status, { content = {}, headers = {} }]) => {
      const answer = `Answer<"${operationId}">[${status}]`;
      return [
        ...Object.keys(content).map((type) => `${type.endsWith("json") ? "IsRecord" : "IsText"}<${answer}["content"]["${type}"]>`),
        ...Object.entries(headers).map(
          ([name, { required }]) => `undefined extends ${answer}["headers"]["${name}"] ? ${!required} : ${required}`,
        ),
      ];
    }),
  );
  expect(lines.length).toBeGreaterThan(300);
  expect(compile("answers.ts", `${ANSWERS}${lines.map((type) => `known.push(true satisfies ${type});\n`).join("")}`)).toBe("");
});

const CLIENT = `import createClient from "openapi-fetch";
import type { paths } from "./contract.d.ts";

const client = createClient<paths>({ baseUrl: "https://anneal.example" });
const image = "a PNG file";

/** Asks every operation for something, and reads every kind of answer. */
export async function walk(): Promise<string[]> {
  const health = await client.GET("/health");
  const served: string | undefined = health.data?.models[0]?.version;
  const models = await client.GET("/v1/models");
  const [model] = models.data?.models ?? [];
  const labels: string[] = model?.labels ?? [];
  const sampler: "langevin" | "ald" | "kinetic" | "heun" | undefined = model?.sampling.sampler;
  const bytes: number | undefined = model?.bytes;

  const drawn = await client.GET("/sample", { params: { query: { seed: "alice", steps: 8, sampler: "heun", format: "apng" } } });
  if (drawn.error) {
    const { error } = drawn;
    if (error.status === 400) {
      const code: "invalid-value" | "empty-value" | "unknown-option" | "repeated-option" | "over-budget" = error.code;
      throw new Error(\`\${code}: expected \${error.expected} for \${error.key} but received \${error.received}\`);
    }
    if (error.status === 405) throw new Error(error.key);
    if (error.status === 414 || error.status === 431) throw new Error(error.expected);
    const busy: "busy" | "too-many-requests" = error.code;
    throw new Error(\`\${busy}: \${error.detail}\`);
  }
  const seed: string | null = drawn.response.headers.get("X-Seed");

  const path = { model: "fashion-mnist", seed: "alice" } as const;
  const today = await client.GET("/v1/{model}/{seed}.{format}", { params: { path: { ...path, format: "png" }, query: { size: 112 } } });
  const version = "0123abcd";
  const file = await client.GET("/v1/{model}@{version}/{seed}.png", { params: { path: { ...path, version } }, parseAs: "arrayBuffer" });
  if (file.error?.status === 410) throw new Error(file.error.expected);
  const png: ArrayBuffer | undefined = file.data;
  await client.GET("/v1/{model}@{version}/{seed}.apng", { params: { path: { ...path, version }, query: { frames: 6 } }, parseAs: "blob" });

  const to = { path: { model: "mnist" } } as const;
  const painted = await client.POST("/v1/{model}/inpaint", { params: to, body: { image, mask: image } });
  const varied = await client.POST("/v1/{model}/variations", { params: { ...to, query: { strength: 0.4, format: "apng" } }, body: { image } });
  const clean = await client.POST("/v1/{model}/denoise", { params: { ...to, query: { sigma: 0.3 } }, body: { image } });
  const recipe = await client.POST("/v1/inspect", { body: { image } });
  const again: string | null | undefined = recipe.data?.url;
  const problem = painted.error ?? varied.error ?? clean.error ?? recipe.error;
  const status: 400 | 401 | 403 | 404 | 405 | 408 | 413 | 414 | 415 | 429 | 431 | 503 | undefined = problem?.status;

  // @ts-expect-error A model that the server has not.
  await client.GET("/sample", { params: { query: { model: "nope" } } });
  // @ts-expect-error An option that the operation has not.
  await client.GET("/sample", { params: { query: { sigma: 1 } } });
  // @ts-expect-error A form without its mask.
  await client.POST("/v1/{model}/inpaint", { params: to, body: { image } });
  // @ts-expect-error A field that the answer has not.
  models.data?.names;

  const onnx = await client.GET("/v1/models/{model}/model.onnx", { params: { path: { model: "mnist" } }, parseAs: "arrayBuffer" });
  const first = await client.GET("/model.onnx", { parseAs: "stream" });
  if (onnx.error?.status === 404) throw new Error(onnx.error.received);
  return [served, labels, sampler, bytes, seed, today.data, png, recipe.data?.options.seed, again, status, onnx.data, first.response.status].map(String);
}
`;

it("compiles with every operation in use, and rejects what the server does not accept or return", () => {
  for (const { path } of operationsOf(contract)) expect(CLIENT).toContain(`"${path}"`);
  expect(compile("client.ts", CLIENT)).toBe("");
});

const HEY_API = `import type { DrawPermanentPngResponses, DrawSampleErrors, DrawSampleResponses, InpaintImageResponses, ListModelsResponses } from "./hey-api/types.gen.ts";

const image = new Blob();
export const answers: [DrawSampleResponses[200], InpaintImageResponses[200], DrawPermanentPngResponses[200]] = [image, image, image];
export const keyOf = (problem: DrawSampleErrors[503]): string => \`\${problem.key} \${problem.expected} \${problem.received}\`;
export const nameOf = (answer: ListModelsResponses[200]): string | undefined => answer.models[0]?.name;

// @ts-expect-error A file is no JSON.
export const wrong = (answer: DrawSampleResponses[200]): string => answer.seed;
`;

it("is typed by hey-api, images as files", () => {
  expect(compile("hey-api.ts", HEY_API)).toBe("");
});
