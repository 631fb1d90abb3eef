/**
 * `npm run tool -- fuzz-png --seconds 600`: libFuzzer, by jazzer.js, over the PNG decoder and the reading of recipes.
 * Starts from the inputs in corpus/; what it adds is in dist/fuzz/, as is an input that fails. `--merge` moves what
 * reaches further into corpus/.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { newCommand, numberIn, runCommandLine } from "../../training/cli/command-line.ts";
import { installTools, toolPath } from "../tools/install.ts";

const CORPUS = join(import.meta.dirname, "corpus");
const OUT = resolve(import.meta.dirname, "../../dist/fuzz");

await runCommandLine(async () => {
  const { seconds, merge } = newCommand("tool fuzz-png")
    .description(
      "Fuzzes the PNG decoder and the reading of recipes, guided by coverage. Ends with 1 at the first input that is neither read nor refused.",
    )
    .option("--seconds <number>", "how long", numberIn("seconds", 1, 1e6), 60)
    .option("--merge", "moves the inputs that reach further into test/fuzz/corpus/", false)
    .parse(process.argv)
    .opts<{ seconds: number; merge: boolean }>();
  installTools();
  const found = join(OUT, "found");
  mkdirSync(found, { recursive: true });
  const target = join(OUT, "png-target.cjs");
  await build({
    entryPoints: [join(import.meta.dirname, "png-target.ts")],
    outfile: target,
    bundle: true,
    format: "cjs",
    platform: "node",
  });

  const limits = ["-max_len=2048", "-timeout=10", "-rss_limit_mb=1024", `-artifact_prefix=${OUT}/`];
  const [folders, task] = merge ? [[CORPUS, found], "-merge=1"] : [[found, CORPUS], `-max_total_time=${seconds}`];
  const jazzer = [toolPath("@jazzer.js/core/dist/cli.js"), target, ...folders, "--sync", "--includes", "png-target", "--", ...limits, task];
  process.exitCode = spawnSync(process.execPath, jazzer, { stdio: "inherit", cwd: OUT }).status ?? 1;
});
