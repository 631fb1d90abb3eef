/**
 * The commands in the records of the shipped models and in the laboratory log can be typed: their verbs and flags exist.
 * Of a record, each file that a command reads is in the tree or made by a command before it.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { VERBS } from "../../../training/cli/verbs.ts";
import { readRecord } from "../../../training/record/record.ts";
import { run } from "../../support/command-line.ts";

const ROOT = resolve(import.meta.dirname, "../../..");

interface Call {
  readonly verb: string;
  readonly words: readonly string[];
}

const quoted = (word: string): string => word.replaceAll("'", "");

/** The words of a command after `npx anneal`, without comments. */
function parsed(command: string): Call {
  const [, verb = "", ...words] = (command.replace(/ #.*/, "").match(/'[^']*'|\S+/g) ?? []).slice(1).map(quoted);
  return { verb, words };
}

const flagsOf = ({ words }: Call): string[] => words.filter((word) => word.startsWith("--"));

const recordOf = (folder: string) => readRecord(join(ROOT, "wasm-model/models", folder));

/** All commands of a record. */
function commandsOf(folder: string): string[] {
  const { commands, quality, tuning, comparison, effects } = recordOf(folder);
  const measured = [...quality, ...tuning, ...(comparison ? [comparison] : []), ...effects].map(({ command }) => command);
  return [...commands, ...measured];
}

const MODELS = ["fashion-mnist", "mnist", "avatars", "cifar10"];
const log = [...readFileSync(join(ROOT, "training/LOG.md"), "utf8").matchAll(/^npx anneal .*$|(?<=`)npx anneal [^`]*(?=`)/gm)].map(
  ([command]) => command,
);
const documents: readonly (readonly [string, readonly Call[]])[] = [
  ...MODELS.map((folder) => [folder, commandsOf(folder).map(parsed)] as const),
  ["training/LOG.md", log.map(parsed)],
];

const helps = new Map<string, Promise<string>>();
function helpOf(verb: string): Promise<string> {
  const help = helps.get(verb) ?? run(verb, ["--help"]).then(({ stdout }) => stdout);
  helps.set(verb, help);
  return help;
}

it.each(documents)("the commands of %s have verbs and flags that exist", async (_, calls) => {
  expect(calls.length).toBeGreaterThan(2);
  for (const call of calls) {
    expect(Object.keys(VERBS)).toContain(call.verb);
    const known = (await helpOf(call.verb)).match(/--[\w-]+/g);
    for (const flag of flagsOf(call)) expect(known, `anneal ${call.verb} ${flag}`).toContain(flag);
  }
});

it.each(MODELS)("the commands that made %s read files that are in the tree or that one of them makes", (folder) => {
  const made: string[] = [];
  for (const { words } of recordOf(folder).commands.map(parsed)) {
    const [out] = words.filter((_, i) => words[i - 1] === "--out") as [string];
    const read = words.filter((word, i) => (word.includes("/") || /\.(onnx|json|safetensors)$/.test(word)) && words[i - 1] !== "--out");
    const missing = read.filter(
      (path) => !existsSync(join(ROOT, path)) && !made.some((other) => path === other || path.startsWith(`${other}/`)),
    );
    expect(missing).toEqual([]);
    made.push(out);
  }
});
