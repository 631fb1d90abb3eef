/** `anneal new <folder>`: writes a Worker project that uses the package, from the folder template. */
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_MODEL, MODEL_FILE } from "../../wasm-model/model/model.ts";
import { readModel } from "./folders.ts";
import { fail, orFail, settings } from "./verb.ts";

const PACKAGE = dirname(fileURLToPath(import.meta.resolve("anneal/package.json")));

interface PackageManifest {
  readonly version: string;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const { version, devDependencies } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as PackageManifest;

interface ProjectSettings {
  readonly folder: string;
  /** By default the package's. */
  readonly model?: string;
  /** What npm installs as anneal. */
  readonly package?: string;
}

const given = settings<ProjectSettings>();
const folder = resolve(given.folder);
const name = basename(folder);
if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) {
  fail(`Expected a folder whose name a Worker can have (small letters, digits and -) for \`folder\` but received "${name}"`);
}
const present = found(folder);
const unfinished = join(folder, ".anneal-new");
if (present && !(present.isDirectory() && (readdirSync(folder).length === 0 || existsSync(unfinished)))) {
  fail(
    `Expected a new or empty folder for \`folder\` but received "${folder}", which is ${present.isDirectory() ? "not empty" : "not a folder"}`,
  );
}
const source = given.package === undefined ? ownSource() : located(given.package);
const model = await orFail(readModel(given.model ?? fileURLToPath(import.meta.resolve(`anneal/models/${DEFAULT_MODEL}.onnx`))));
const modelPath = `models/${model.entry.name}/${MODEL_FILE}`;
try {
  writeProject();
} catch (error) {
  fail(`Expected a folder that can be written for \`folder\` but received "${folder}": ${(error as Error).message}`);
}
console.log(`wrote ${folder}, with the model ${model.entry.name}\n\n  cd ${relative(".", folder) || "."}\n  npm install\n  npm run dev`);

/** What is at the path, even a link that leads nowhere; undefined if nothing is. */
function found(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}

/** All files, and meanwhile one that says that they are not complete: a killed `anneal new` may be repeated. */
function writeProject(): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(unfinished, "");
  for (const left of readdirSync(folder)) if (left !== basename(unfinished)) rmSync(join(folder, left), { recursive: true });
  cpSync(new URL("../template/", import.meta.url), folder, { recursive: true });
  renameSync(join(folder, "gitignore"), join(folder, ".gitignore"));
  const words: Readonly<Record<string, string>> = {
    ...devDependencies,
    ...{ name, model: model.entry.name, package: source },
  };
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const inPlace = (word: string): string => (path.endsWith(".json") ? JSON.stringify(word).slice(1, -1) : word);
    const text = readFileSync(path, "utf8").replaceAll(/\{([\w@/-]+)\}/g, (all, word: string) => {
      const value = words[word];
      return value === undefined ? all : inPlace(value);
    });
    writeFileSync(path, text);
  }
  mkdirSync(dirname(join(folder, modelPath)), { recursive: true });
  writeFileSync(join(folder, modelPath), model.file);
  rmSync(unfinished);
}

/** A package source that npm also finds from the new folder. A given path is relative to the current folder. */
function located(given: string): string {
  const path = resolve(given.replace(/^file:/, ""));
  if (existsSync(path)) return `file:${path}`;
  return /^(file:|[./~])/.test(given) ? fail(`Expected an existing package source for \`package\` but received "${given}"`) : given;
}

/** Where npm can install this same package from: its version, the tarball that it came from, or this checkout. */
function ownSource(): string {
  const modules = dirname(PACKAGE);
  if (basename(modules) !== "node_modules") return `file:${PACKAGE}`;
  try {
    const { packages } = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8"));
    const { resolved } = packages["node_modules/anneal"] as { readonly resolved: string };
    if (resolved.startsWith("file:")) return `file:${resolve(dirname(modules), resolved.slice("file:".length))}`;
  } catch {
    // installed by another package manager
  }
  return version;
}
