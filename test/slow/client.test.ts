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

it("knows the type of every answer", () => {
  const lines = operationsOf(contract).flatMap(({ operation: { operationId, responses } }) =>
    Object.entries(responses).flatMap(([status, { content = {} }]) => {
      const answer = `Answer<"${operationId}">[${status.endsWith("XX") ? JSON.stringify(status) : status}]`;
      return Object.keys(content).map((type) => `${type.endsWith("json") ? "IsRecord" : "IsText"}<${answer}["content"]["${type}"]>`);
    }),
  );
  expect(lines.length).toBeGreaterThan(operationsOf(contract).length);
  expect(compile("answers.ts", `${ANSWERS}${lines.map((type) => `known.push(true satisfies ${type});\n`).join("")}`)).toBe("");
});

const CLIENT = `import createClient from "openapi-fetch";
import type { paths } from "./contract.d.ts";

const client = createClient<paths>({ baseUrl: "https://anneal.example" });

/** Reads every kind of answer: JSON, a file, a header, a problem. */
export async function walk(): Promise<string[]> {
  const { data } = await client.GET("/v1/models");
  const labels: string[] = data?.models[0]?.labels ?? [];
  const drawn = await client.GET("/sample", { params: { query: { seed: "alice", steps: 8, sampler: "heun", format: "apng" } } });
  if (drawn.error) {
    if (drawn.error.code === "busy") throw new Error(drawn.error.detail);
    throw new Error(\`\${drawn.error.code}: expected \${drawn.error.expected} for \${drawn.error.key} but received \${drawn.error.received}\`);
  }
  const seed: string | null = drawn.response.headers.get("X-Seed");
  const path = { model: "fashion-mnist@00000000000000000000000000000000", seed: "alice", format: "png" } as const;
  const file = await client.GET("/v1/{model}/{seed}.{format}", { params: { path }, parseAs: "arrayBuffer" });
  const png: ArrayBuffer | undefined = file.data;

  // @ts-expect-error A model that the server has not.
  await client.GET("/sample", { params: { query: { model: "nope" } } });
  // @ts-expect-error An option that the operation has not.
  await client.GET("/sample", { params: { query: { sigma: 1 } } });
  // @ts-expect-error A method that the path has not.
  await client.POST("/sample");
  // @ts-expect-error A field that the answer has not.
  data?.names;

  return [labels, seed, png, file.error?.status].map(String);
}
`;

it("compiles, and rejects what the server does not accept or return", () => {
  expect(compile("client.ts", CLIENT)).toBe("");
});

const HEY_API = `import type { DrawImageResponses, DrawSampleErrors, DrawSampleResponses, ListModelsResponses } from "./hey-api/types.gen.ts";

const image = new Blob();
export const answers: [DrawSampleResponses[200], DrawImageResponses[200]] = [image, image];
export const keyOf = (problem: DrawSampleErrors[503]): string => \`\${problem.key} \${problem.expected} \${problem.received}\`;
export const nameOf = (answer: ListModelsResponses[200]): string | undefined => answer.models[0]?.name;

// @ts-expect-error A file is no JSON.
export const wrong = (answer: DrawSampleResponses[200]): string => answer.seed;
`;

it("is typed by hey-api, images as files", () => {
  expect(compile("hey-api.ts", HEY_API)).toBe("");
});
