/** `anneal new <folder>`: a Worker project around the package, from the folder template. Ends with exit code 2 and one line for a folder that is not empty or a model that is none. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { MODEL_FILE, TEACHER_FILE } from "../../wasm-model/model/pair.ts";
import { entryOf } from "../models/entry.ts";
import { fail } from "./fail.ts";
import { type FilePaths, filesAt } from "./files-at.ts";

const PACKAGE = dirname(fileURLToPath(import.meta.resolve("anneal/package.json")));

interface Manifest {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const { version, devDependencies } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as Manifest;

const { values, positionals } = parseArgs({ options: { model: { type: "string" }, package: { type: "string" } }, allowPositionals: true });
const folder = resolve(positionals[0]);
const name = basename(folder);
if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) {
  fail(`Expected a folder whose name is one of a Worker (small letters, digits and -) for \`folder\` but received "${name}"`);
}
if (existsSync(folder) && (!statSync(folder).isDirectory() || readdirSync(folder).length > 0)) {
  fail(`Expected a new or empty folder for \`folder\` but received "${folder}", which is not empty`);
}

const files = modelFiles(values.model);
const model = modelName(files);
const words: Readonly<Record<string, string>> = {
  ...devDependencies,
  name,
  model,
  package: values.package === undefined ? source() : located(values.package),
};

cpSync(new URL("../template/", import.meta.url), folder, { recursive: true });
renameSync(join(folder, "gitignore"), join(folder, ".gitignore"));
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
  const path = join(entry.parentPath, entry.name);
  const template = readFileSync(path, "utf8");
  const text = files.teacher === undefined ? withoutTeacher(template) : template;
  writeFileSync(
    path,
    text.replaceAll(/\{([\w@/-]+)\}/g, (all, word: string) => words[word] ?? all),
  );
}
mkdirSync(join(folder, "models", model), { recursive: true });
cpSync(files.model, join(folder, "models", model, MODEL_FILE));
if (files.teacher !== undefined) cpSync(files.teacher, join(folder, "models", model, TEACHER_FILE));
console.log(`wrote ${folder}, with the model ${model}\n\n  cd ${relative(".", folder) || "."}\n  npm install\n  npm run dev`);

/** By default those of the package's model. */
function modelFiles(path: string | undefined): FilePaths {
  if (path === undefined) return filesAt(fileURLToPath(import.meta.resolve("anneal/models/fashion-mnist.onnx")));
  const files = filesAt(path);
  return existsSync(files.model) ? files : fail(`Expected a folder with model.onnx for \`model\` but received "${path}"`);
}

/** The name in the model's card, which becomes a folder. */
function modelName({ model, teacher }: FilePaths): string {
  try {
    const { name } = entryOf(readFileSync(model), teacher === undefined ? undefined : readFileSync(teacher));
    return /^[a-z0-9][a-z0-9._-]*$/.test(name) ? name : "model";
  } catch (error) {
    return fail(`Expected a model of Anneal for \`model\` but received "${model}": ${(error as Error).message}`);
  }
}

/** A file of the template for a model of one file: without the lines that name the second one. */
function withoutTeacher(template: string): string {
  const lines = template.split("\n").filter((line) => !line.includes(TEACHER_FILE));
  return lines.join("\n").replace("{ student: model, teacher }", "model");
}

/** A source of packages as npm finds it from the new folder too: a path is relative to this one. */
function located(source: string): string {
  const path = resolve(source.replace(/^file:/, ""));
  return existsSync(path) ? `file:${path}` : source;
}

/** What npm installs this very package from: its version, or the tarball that this one came from, or this checkout. */
function source(): string {
  const modules = dirname(PACKAGE);
  if (basename(modules) !== "node_modules") return `file:${PACKAGE}`;
  try {
    const { packages } = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8"));
    const { resolved } = packages["node_modules/anneal"] as { readonly resolved: string };
    if (resolved.startsWith("file:")) return `file:${resolve(dirname(modules), resolved.slice("file:".length))}`;
  } catch {
    // another package manager
  }
  return version;
}
