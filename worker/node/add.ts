/** `anneal add <model>`: adds a model to the project in this folder, or replaces the one of its name. */
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { fail, readModel, readModels, settings } from "./folders.ts";

/** Where a project has its models. The default one is the file MODEL_FILE, others have files of their names. */
const MODELS = "models";

/** Imports the models, in the order of the service. In Node `server.js` reads the folder instead. */
const LIST = "src/models.ts";

interface AddSettings {
  readonly model: string;
  readonly replace?: true;
  readonly default?: true;
}

const given = settings<AddSettings>();
if (!existsSync(LIST) || !existsSync(join(MODELS, MODEL_FILE))) {
  fail(
    `Expected a project of \`npx anneal new\` in this folder but received "${resolve()}", which has no ${LIST} or no ${MODELS}/${MODEL_FILE}`,
  );
}
const added = await readModel(given.model);
const { name } = added;
const others = readdirSync(MODELS).filter((path) => path.endsWith(".onnx") && path !== MODEL_FILE);
const files = [MODEL_FILE, ...others];
const present = await readModels(files.map((path) => join(MODELS, path)));
const [first] = present;
const same = present.findIndex((entry) => entry.name === name);
if (same >= 0 && present[same].version !== added.version && !given.replace) {
  fail(
    `The project has another model named ${name}, whose permanent links answer 410 once it is replaced: \`--replace\` does that. Exported with another \`--name\`, it stands beside it`,
  );
}

/** The file of each model from now on. */
const paths = new Map(present.map((entry, i) => [entry.name, files[i]]));
const contents = new Map<string, Uint8Array | string>();
if (given.default && first.name !== name) {
  paths.set(first.name, ownFile(first.name));
  contents.set(join(MODELS, ownFile(first.name)), first.file);
}
paths.set(name, given.default ? MODEL_FILE : (files[same] ?? ownFile(name)));
contents.set(join(MODELS, paths.get(name)!), added.file);
const kept = [...new Set([MODEL_FILE, ...paths.values()])];
contents.set(LIST, listOf(kept));
try {
  replaceFiles(contents);
} catch (error) {
  fail(`Expected files that can be written for the project but received "${resolve()}": ${(error as Error).message}`);
}
for (const path of files) if (!kept.includes(path)) rmSync(join(MODELS, path));
const names = [...paths].map(([model, path]) => (path === MODEL_FILE ? `${model} (the default)` : model));
console.log(`the project has ${names.join(", ")}; ${name} draws at /v1/${name}/{seed}.png\n\n  npm test\n  npm run deploy`);

function ownFile(model: string): string {
  const path = `${model}.onnx`;
  return path === MODEL_FILE
    ? fail(`A model named "${model}" can only be the first of a project: export it with another \`--name\``)
    : path;
}

/** The content of LIST. */
function listOf(models: readonly string[]): string {
  const words = models.map((_, i) => `model${i === 0 ? "" : i + 1}`);
  const imports = models.map((path, i) => `import ${words[i]} from ${JSON.stringify(`../${MODELS}/${path}`)};\n`).join("");
  return `// The models travel with the Worker; the first is the default. \`npx anneal add\` writes this file.\n${imports}\nexport default [${words.join(", ")}];\n`;
}

/** Writes all of them before it replaces one. Throws an Error if that fails. */
function replaceFiles(files: ReadonlyMap<string, Uint8Array | string>): void {
  const temporary = (path: string): string => `${path}.${process.pid}.tmp`;
  try {
    for (const [path, content] of files) writeFileSync(temporary(path), content);
    for (const path of files.keys()) renameSync(temporary(path), path);
  } finally {
    for (const path of files.keys()) rmSync(temporary(path), { force: true });
  }
}
