/** `anneal sample`: draws images with a model file; the bytes are those that /sample serves. */
import { OPTIONS, sample } from "../wasm-model/index.ts";
import { randomSeed } from "../wasm-model/request/options.ts";
import { printJson, runCommandLine } from "./cli/command-line.ts";
import { writeFileAtomically } from "./cli/files.ts";
import { describeSample, newSamplingCommand, openModel, type SamplingFlags, sampleJson } from "./cli/sampling-command.ts";
import { UserError } from "./cli/user-error.ts";

interface SampleFlags extends SamplingFlags {
  readonly count?: number;
}

function commandLine(argv: readonly string[]): { file: string | undefined; flags: SampleFlags } {
  const command = newSamplingCommand("sample", "Draws an image with a model and writes a PNG file.")
    .option("--count <n>", "Draw a grid of n images with the seeds {seed}/0, {seed}/1, ...", count)
    .parse(argv);
  return { file: command.args[0], flags: command.opts<SampleFlags>() };
}

function count(text: string): number {
  const { min, max } = OPTIONS.n.domain;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new UserError(`Expected an integer from ${min} to ${max} for \`count\` but received ${text}`);
  }
  return value;
}

await runCommandLine(async () => {
  const { file, flags } = commandLine(process.argv);
  const { count, out, runtime, json, seed = randomSeed(), ...options } = flags;
  const model = await openModel(file, runtime);
  const image = await sample(model, { ...options, seed, n: count });
  writeFileAtomically(out, image.png());
  const what = count === undefined ? `seed ${seed}` : `${count} images of the seeds ${seed}/0 to ${seed}/${count - 1}`;
  console.log(`wrote ${out}: ${what}, ${describeSample(image)}`);
  printJson({ json }, sampleJson(out, model, image));
});
