/** `anneal new <folder>`: writes a Worker project that uses the package, from the folder template. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_MODEL, MODEL_FILE } from "../../wasm-model/model/model.ts";
import { fail, readModel, settings } from "./folders.ts";

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
}

const given = settings<ProjectSettings>();
const folder = resolve(given.folder);
const name = basename(folder);
if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) {
  fail(`Expected a folder whose name a Worker can have (small letters, digits and -) for \`folder\` but received "${name}"`);
}
if (existsSync(folder) && !(statSync(folder).isDirectory() && readdirSync(folder).length === 0)) {
  fail(`Expected a new or empty folder for \`folder\` but received "${folder}", which is there already`);
}
const model = await readModel(given.model ?? fileURLToPath(import.meta.resolve(`anneal/models/${DEFAULT_MODEL}.onnx`)));
const modelPath = `models/${MODEL_FILE}`;
const source = await ownSource();
try {
  mkdirSync(folder, { recursive: true });
  writeProject();
} catch (error) {
  fail(`Expected a folder that can be written for \`folder\` but received "${folder}": ${(error as Error).message}`);
}
console.log(`wrote ${folder}, with the model ${model.name}\n\n  cd ${relative(".", folder) || "."}\n  npm install\n  npm run dev`);

function writeProject(): void {
  cpSync(new URL("../template/", import.meta.url), folder, { recursive: true });
  renameSync(join(folder, "gitignore"), join(folder, ".gitignore"));
  const words: Readonly<Record<string, string>> = { ...devDependencies, name, package: source.spec };
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const inPlace = (word: string): string => (path.endsWith(".json") ? JSON.stringify(word).slice(1, -1) : word);
    const text = readFileSync(path, "utf8");
    writeFileSync(
      path,
      text.replaceAll(/\{([\w@/-]+)\}/g, (all, word: string) => (word in words ? inPlace(words[word]) : all)),
    );
  }
  mkdirSync(dirname(join(folder, modelPath)), { recursive: true });
  writeFileSync(join(folder, modelPath), model.file);
  if (source.tarball !== undefined) cpSync(source.tarball, join(folder, basename(source.tarball)));
}

/** What npm installs as anneal: a tarball is copied into the project, which may then be given away. */
interface PackageSource {
  readonly spec: string;
  readonly tarball?: string;
}

/** Where this same package can be installed from: as the project has it, the version of the registry, or this clone, packed. */
async function ownSource(): Promise<PackageSource> {
  const [project, ...inside] = PACKAGE.split(`${sep}node_modules${sep}`);
  if (inside.length === 0) return localSource(await packClone());
  const manifest = join(project, "package.json"); // a global installation has none
  const { dependencies, devDependencies } = existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")) : {};
  const spec: string = dependencies?.anneal ?? devDependencies?.anneal ?? version;
  return spec.startsWith("file:") ? localSource(resolve(project, spec.slice("file:".length))) : { spec };
}

function localSource(path: string): PackageSource {
  if (!existsSync(path)) fail(`Expected the package that this project was installed from but received "${path}", which is gone`);
  return statSync(path).isFile() ? { spec: `file:${basename(path)}`, tarball: path } : { spec: `file:${path}` };
}

/** Packs this clone into its `dist`. Returns the tarball's path. */
async function packClone(): Promise<string> {
  const tarball = join(PACKAGE, "dist", `anneal-${version}.tgz`);
  process.stdout.write("builds the package for the project, which takes a minute or two ");
  const progress = setInterval(() => process.stdout.write("."), 2000);
  const npm = spawn("npm", ["pack", "--silent", "--pack-destination", "dist"], {
    cwd: PACKAGE,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  const [status] = await once(npm, "exit");
  clearInterval(progress);
  console.log();
  return status === 0 ? tarball : fail(`Expected a clone after \`npm ci\`, whose package can be built, but received "${PACKAGE}"`);
}
