/**
 * `npm run tool -- house [revisions]`: what there is to read, in numbers, of this tree and of git revisions before it.
 * A room is a folder at the root of worker/, wasm-model/ or training/. An import climbs if it goes against the order of
 * rooms; the order is that with the fewest such imports.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { UserError } from "../../training/cli/user-error.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const FLOORS = ["worker", "wasm-model", "training"];
/** Facts that should stand in few files. */
const FACTS = ["temperature", "extrapolation", "learningRate", "kinetic", "/v1/models"];
const SMALL = 20;

/** Left out: types of others, the project that `anneal new` writes, and what a compiler made of ONNX's protocol. */
const isRead = (path: string): boolean => path.endsWith(".ts") && !/\.d\.ts$|^worker\/template\/|\/proto\//.test(path);

/** By path. */
export type Texts = ReadonlyMap<string, string>;

const git = (...args: string[]): string =>
  execFileSync("git", args, { cwd: ROOT, encoding: "utf8", maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "pipe"] });

/** The files of the tree, or of a revision. Throws a UserError where git does not know it. */
function textsOf(revision?: string): Texts {
  const isWanted = (path: string) => path === "package.json" || (isRead(path) && /^(worker|wasm-model|training|test)\//.test(path));
  if (revision === undefined) {
    const paths = git("ls-files", "--cached", "--others", "--exclude-standard").split("\n").filter(isWanted);
    return new Map(paths.filter((path) => existsSync(join(ROOT, path))).map((path) => [path, readFileSync(join(ROOT, path), "utf8")]));
  }
  try {
    const paths = git("ls-tree", "-r", "--name-only", revision).split("\n").filter(isWanted);
    return new Map(paths.map((path) => [path, git("show", `${revision}:${path}`)]));
  } catch {
    throw new UserError(`Expected revisions that git knows but received "${revision}"`);
  }
}

const names = (text: string, word: string): boolean => new RegExp(`(?<!\\w)${word}(?!\\w)`).test(text);
const linesOf = (text: string): number => text.split("\n").length - 1;
const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/**
 * The fewest imports between a floor's rooms that go against any one order of them: dynamic programming over the sets
 * of rooms that stand below.
 */
export function climbing(sources: Texts, floor: string): number {
  const roomOf = (path: string): string => /^[^/]+\/([^/]+)\//.exec(path)?.[1] ?? "";
  const own = [...sources].filter(([path]) => path.startsWith(`${floor}/`));
  const rooms = [...new Set(own.map(([path]) => roomOf(path)))];
  const imports = rooms.map(() => rooms.map(() => 0));
  for (const [path, text] of own) {
    for (const [, specifier] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)) {
      const target = join(dirname(path), specifier);
      const [from, to] = [rooms.indexOf(roomOf(path)), rooms.indexOf(roomOf(target))] as [number, number];
      if (target.startsWith(`${floor}/`) && from !== to) imports[from][to]++;
    }
  }
  const fewest = new Array<number>(2 ** rooms.length).fill(Number.POSITIVE_INFINITY);
  fewest[0] = 0;
  for (let below = 0; below < fewest.length; below++) {
    for (const [room, row] of imports.entries()) {
      if (below & (1 << room)) continue;
      const climbs = total(row.filter((_, other) => other !== room && !(below & (1 << other))));
      const next = below | (1 << room);
      fewest[next] = Math.min(fewest[next], fewest[below] + climbs);
    }
  }
  return fewest.at(-1);
}

/** The rows of the table, by name. */
function figures(texts: Texts): Map<string, string> {
  const inFolder = (...folders: string[]): Texts => new Map([...texts].filter(([path]) => folders.includes(path.split("/", 1)[0])));
  const sources = inFolder(...FLOORS);
  const size = (some: Texts): string => `${some.size} files, ${total([...some.values()].map(linesOf))} lines`;
  const lengths = [...sources.values()].map(linesOf).sort((a, b) => a - b);
  const declared = [...sources.values()].flatMap((text) =>
    [...text.matchAll(/^(?:export )?(?:declare )?(?:abstract )?(?:interface|type|class) (\w+)/gm)].map(([, name]) => name),
  );
  const twice = [...new Set(declared.filter((name, i) => declared.indexOf(name) !== i))];
  const manifest = JSON.parse(texts.get("package.json") ?? "{}") as { scripts: object; devDependencies: object };
  return new Map<string, string>([
    ...FLOORS.map((floor) => [floor, size(inFolder(floor))] as const),
    ["all three", size(sources)],
    ["test", size(inFolder("test"))],
    ["median lines of a source file", String(lengths[lengths.length >> 1])],
    [`source files under ${SMALL} lines`, String(lengths.filter((lines) => lines < SMALL).length)],
    ["imports that climb", FLOORS.map((floor) => `${floor} ${climbing(sources, floor)}`).join(", ")],
    ["npm scripts", String(Object.keys(manifest.scripts).length)],
    ["development dependencies", String(Object.keys(manifest.devDependencies).length)],
    ...FACTS.map(
      (fact) => [`source files with ${fact}`, String([...sources.values()].filter((text) => names(text, fact)).length)] as const,
    ),
    ["type names declared more than once", String(twice.length)],
  ]);
}

export const printHouse = (): Promise<void> =>
  runCommandLine(async () => {
    const { args } = newCommand("tool house")
      .description("Prints what there is to read: files, lines, imports that climb, scripts, dependencies, facts that stand in many files.")
      .argument("[revisions...]", "git revisions, a column each before that of this tree")
      .parse(process.argv);
    const columns = [
      ...args.map((revision) => [revision, figures(textsOf(revision))] as const),
      ["this tree", figures(textsOf())] as const,
    ];
    console.log(`| | ${columns.map(([name]) => name).join(" | ")} |\n|---|${"---|".repeat(columns.length)}`);
    for (const name of columns[0][1].keys()) console.log(`| ${name} | ${columns.map(([, column]) => column.get(name)).join(" | ")} |`);
  });
