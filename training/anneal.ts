#!/usr/bin/env node
/**
 * `anneal <verb>`, the package's command line. A verb is a program of its own that runs when it is imported, so that none loads what another needs. Exit codes: 0,
 * 1 for a failure of ours, 2 for a mistake of the caller's, 130 after Ctrl-C.
 */
import { createRequire } from "node:module";
import { newCommand, runCommandLine } from "./cli/command-line.ts";
import { expectInstalled } from "./cli/peers.ts";
import { UserError } from "./cli/user-error.ts";
import { VERBS, type Verb, type VerbName } from "./cli/verbs.ts";

const PROGRAMS: Record<VerbName, () => Promise<unknown>> = {
  train: () => import("./train.ts"),
  export: () => import("./export.ts"),
  sample: () => import("./sample.ts"),
  inpaint: () => import("./inpaint.ts"),
  effects: () => import("./effects.ts"),
  evaluate: () => import("./evaluate.ts"),
  compare: () => import("./compare.ts"),
  tune: () => import("./tune.ts"),
  distinct: () => import("./distinct.ts"),
  distill: () => import("./distill.ts"),
  "train-classifier": () => import("./train-classifier.ts"),
  "setup-native": () => import("./setup-native.ts"),
  verify: () => import("./verify.ts"),
  card: () => import("./card.ts"),
  dev: () => import("./dev.ts"),
  new: () => import("./new.ts"),
  deploy: () => import("./deploy.ts"),
};

const manifest = createRequire(import.meta.url)("anneal/package.json") as Record<"version" | "description", string>;

const wantsHelp = (words: readonly string[]): boolean => words.some((word) => word === "--help" || word === "-h");

await runCommandLine(async () => {
  const program = newCommand("anneal").usage("<verb> [flags]").description(manifest.description).version(manifest.version);
  program
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .commandsGroup("Verbs:")
    .helpCommand(false);
  program.addHelpText("after", "\nExamples and the flags of a verb:\n  $ npx anneal <verb> --help").enablePositionalOptions();
  for (const [name, verb] of Object.entries<Verb>(VERBS)) {
    program
      .command(name)
      .summary(verb.summary)
      .argument("[words...]", "its own arguments and flags")
      .helpOption(false) // it and all other flags are the program's own
      .allowUnknownOption()
      .passThroughOptions()
      .action(async () => {
        process.argv.splice(2, 1);
        if (!("WebAssembly" in globalThis)) throw new UserError("Expected a Node with WebAssembly but received one without (`--jitless`)");
        if (!wantsHelp(process.argv)) expectInstalled(`\`anneal ${name}\``, verb.needs);
        await PROGRAMS[name as VerbName]();
      });
  }
  process.exitCode = process.argv.length > 2 ? 0 : 2; // of the help, which it prints without a verb
  await program.parseAsync();
});
