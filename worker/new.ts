/** `anneal new <folder>`: a Worker project around the package, from the folder template. Ends with exit code 2 and one line for a folder that is not empty or a model that is none. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cardIn } from "../wasm-model/index.ts";
import { fail } from "./fail.ts";

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

const file = modelFile(values.model);
const model = modelName(file);
const words: Readonly<Record<string, string>> = { ...devDependencies, name, model, package: values.package ?? source() };

cpSync(new URL("template/", import.meta.url), folder, { recursive: true });
renameSync(join(folder, "gitignore"), join(folder, ".gitignore"));
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
  const path = join(entry.parentPath, entry.name);
  const text = readFileSync(path, "utf8");
  writeFileSync(
    path,
    text.replaceAll(/\{([\w@/-]+)\}/g, (all, word: string) => words[word] ?? all),
  );
}
mkdirSync(join(folder, "models", model), { recursive: true });
cpSync(file, join(folder, "models", model, "model.onnx"));
console.log(`wrote ${folder}, with the model ${model}\n\n  cd ${relative(".", folder) || "."}\n  npm install\n  npm run dev`);

/** Of a folder with model.onnx, or such a file; by default of the package's model. */
function modelFile(path: string | undefined): string {
  if (path === undefined) return fileURLToPath(import.meta.resolve("anneal/models/fashion-mnist.onnx"));
  const file = path.endsWith(".onnx") ? path : join(path, "model.onnx");
  return existsSync(file) ? file : fail(`Expected a folder with model.onnx for \`model\` but received "${path}"`);
}

/** The name in the model's card, which becomes a folder. */
function modelName(file: string): string {
  try {
    const { name } = cardIn(readFileSync(file));
    return /^[a-z0-9][a-z0-9._-]*$/.test(name) ? name : "model";
  } catch (error) {
    return fail(`Expected a model of Anneal for \`model\` but received "${file}": ${(error as Error).message}`);
  }
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
