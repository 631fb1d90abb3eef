/**
 * Finds or downloads the files of a named data set. Downloads are collected under a temporary name, verified, and then
 * moved to the cache folder. So the cache holds only complete sets.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { makeFolder } from "../cli/files.ts";
import { UserError } from "../cli/user-error.ts";
import { FILES, type NamedDataset } from "./datasets.ts";
import { hasAllFiles, ROLES, readIdx } from "./idx.ts";

/** The parts of the machine that the search uses. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder of downloaded data sets, one folder each. */
  readonly cache: string;
  /** Standard output of a command run in the folder `cwd`; rejects with the reason if it fails. */
  run(command: string, args: readonly string[], cwd: string): Promise<string>;
  /** The bytes at a URL; rejects with the reason unless the status is 200. */
  download(url: string): Promise<Uint8Array>;
}

/** One way to get the files: resolves to their folder, or rejects with the reason why it failed. */
interface Way {
  readonly title: string;
  find(): Promise<string>;
}

/**
 * The folder with the four files of `dataset`. If `dataDir` is given, only it and its sub-folder of the data set's name
 * are tried. Otherwise, in this order: the folder in the environment variable ANNEAL_DATA in the same two ways, the
 * installed Debian package, the cache, the Debian package without installing it, the official host. Throws a UserError
 * that says for each way why it failed.
 */
export async function locateDataset(dataset: NamedDataset, dataDir: string | undefined, host: Host): Promise<string> {
  if (dataDir !== undefined) return givenFolder(dataset, dataDir);
  const reasons: string[] = [];
  for (const { title, find } of waysTo(dataset, host)) {
    try {
      return await find();
    } catch (error) {
      reasons.push(`${title}: ${(error as Error).message}`);
    }
  }
  const files = Object.values(FILES).join(", ");
  throw new UserError(
    `Expected to find or fetch the data set ${dataset.name} (${files}, each plain or .gz) but failed:\n- ${reasons.join("\n- ")}`,
  );
}

function givenFolder({ name }: NamedDataset, dataDir: string): string {
  try {
    if (dataDir === "") throw new Error("it is empty");
    return withAllFiles([dataDir, join(dataDir, name)]);
  } catch (error) {
    throw new UserError(`Expected the folder of ${name}'s files for \`data-dir\` but received "${dataDir}": ${(error as Error).message}`);
  }
}

function waysTo(dataset: NamedDataset, host: Host): Way[] {
  const { name, debianPackage, url } = dataset;
  const cache = join(host.cache, name);
  const variable = host.env.ANNEAL_DATA;
  const debian: Way[] = [];
  const fetched: Way[] = [];
  if (debianPackage !== undefined) {
    debian.push({ title: `installed Debian package ${debianPackage}`, find: () => installedPackage(debianPackage, host) });
    fetched.push({
      title: `Debian package ${debianPackage}, not installed`,
      find: () => fill(cache, dataset, (scratch) => unpackPackage(debianPackage, scratch, host)),
    });
  }
  fetched.push({ title: `download from ${url}`, find: () => fill(cache, dataset, (scratch) => downloadFiles(url, scratch, host)) });
  return [
    {
      title: "folder given by the environment variable ANNEAL_DATA",
      find: async () => {
        if (!variable) throw new Error("not set");
        return withAllFiles([variable, join(variable, name)]);
      },
    },
    ...debian,
    { title: `cache folder ${cache}`, find: async () => verified(withAllFiles([cache]), dataset) },
    ...fetched,
  ];
}

/** The first of `folders` that has all four files. */
function withAllFiles(folders: readonly string[]): string {
  const found = folders.find(hasAllFiles);
  if (found === undefined) throw new Error(`not all four files are in ${folders.join(" or ")}`);
  return found;
}

/**
 * Returns the folder if its files are the data set's. Throws a UserError that names the first file that is not; a
 * damaged cache is then filled again.
 */
function verified(folder: string, dataset: NamedDataset): string {
  for (const role of ROLES) readIdx(folder, role, dataset);
  return folder;
}

async function installedPackage(debianPackage: string, host: Host): Promise<string> {
  const paths = (await host.run("dpkg", ["-L", debianPackage], ".")).split("\n");
  return withAllFiles([...new Set(paths.map(dirname))]);
}

/**
 * Unpacks the Debian package below `scratch`, which does not need root. The package lists are refreshed only if the
 * first download fails.
 */
async function unpackPackage(debianPackage: string, scratch: string, host: Host): Promise<string> {
  const download = () => host.run("apt-get", ["download", debianPackage], scratch);
  await download().catch(async () => {
    // Refreshing takes root and may fail; the second download then reports the reason.
    await host.run("apt-get", ["update"], scratch).catch(() => "");
    await download();
  });
  const archive = readdirSync(scratch).find((name) => name.endsWith(".deb"));
  if (archive === undefined) throw new Error("apt-get download left no .deb file");
  await host.run("dpkg", ["-x", archive, "unpacked"], scratch);
  const folders = readdirSync(join(scratch, "unpacked"), { recursive: true, withFileTypes: true }).map((entry) => entry.parentPath);
  return withAllFiles([...new Set(folders)]);
}

async function downloadFiles(url: string, scratch: string, host: Host): Promise<string> {
  for (const role of ROLES) {
    const name = `${FILES[role]}.gz`;
    writeFileSync(join(scratch, name), await host.download(url + name));
  }
  return scratch;
}

/**
 * Lets `get` bring the files into a folder at or below `scratch`, verifies them and moves that folder to `cache`, which
 * it returns.
 */
async function fill(cache: string, dataset: NamedDataset, get: (scratch: string) => Promise<string>): Promise<string> {
  makeFolder(dirname(cache));
  const scratch = mkdtempSync(`${cache}.tmp-`);
  try {
    const folder = verified(await get(scratch), dataset);
    rmSync(cache, { recursive: true, force: true });
    renameSync(folder, cache);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return cache;
}

/** This machine, with its real commands and network. */
export const thisMachine: Host = {
  env: process.env,
  cache: join(homedir(), ".cache", "anneal"),

  async run(command, args, cwd) {
    try {
      return (await promisify(execFile)(command, args, { cwd, maxBuffer: 2 ** 26 })).stdout;
    } catch (error) {
      const { code, stderr } = error as { code?: string | number; stderr?: string };
      if (code === "ENOENT") throw new Error(`the command ${command} is not on this machine`);
      const lines = (stderr ?? "").trim().split("\n");
      throw new Error(lines.find((line) => line.startsWith("E:")) ?? (lines[0] || `${command} failed (${code})`));
    }
  },

  async download(url) {
    const response = await fetch(url).catch((error: Error) => {
      throw new Error(error.cause instanceof Error ? error.cause.message : error.message);
    });
    if (!response.ok) throw new Error(`${url} answered with status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  },
};
