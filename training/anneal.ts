#!/usr/bin/env node
/** `anneal <verb>`; a verb is a program that runs when imported, or one of worker/. Exit codes: 1 failure, 2 a user's mistake, 130 after Ctrl-C. */
import { createRequire } from "node:module";
import { newCommand, runCommandLine, runOneOf } from "./cli/command-line.ts";
import { expectInstalled, VERBS, type Verb, type VerbName } from "./cli/verbs.ts";

const inWorker = (name: "dev" | "new" | "add") => async () => (await import("./worker.ts")).runInWorker(name);

const PROGRAMS: Record<VerbName, () => Promise<unknown>> = {
  train: () => import("./train.ts"),
  export: () => import("./export.ts"),
  sample: () => import("./sample.ts"),
  evaluate: () => import("./evaluate.ts"),
  "setup-native": () => import("./setup-native.ts"),
  dev: inWorker("dev"),
  new: inWorker("new"),
  add: inWorker("add"),
};

const manifest = createRequire(import.meta.url)("anneal/package.json") as Record<"version" | "description", string>;

const wantsHelp = (words: readonly string[]): boolean => words.some((word) => word === "--help" || word === "-h");

async function runVerb(name: VerbName, { needs = [] }: Verb): Promise<void> {
  if (!wantsHelp(process.argv)) expectInstalled(`\`anneal ${name}\``, needs);
  await PROGRAMS[name]();
}

await runCommandLine(async () => {
  const command = newCommand("anneal")
    .usage("<verb> [flags]")
    .description(manifest.description)
    .version(manifest.version)
    .addHelpText("after", "\nExamples and the flags of a verb:\n  $ npx anneal <verb> --help");
  const verbs = Object.entries<Verb>(VERBS).map(([name, verb]) => {
    return [name, { summary: verb.summary, run: () => runVerb(name as VerbName, verb) }] as const;
  });
  await runOneOf(command, "Verbs:", Object.fromEntries(verbs));
});
