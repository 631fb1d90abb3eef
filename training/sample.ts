/** `npm run sample`: draws images with a model file, the very bytes that /sample serves. */
import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import {
  loadModel,
  ModelError,
  OPTIONS,
  OptionError,
  type Runtime,
  SAMPLE_OPTIONS,
  type Sample,
  type SampleOptions,
  sample,
} from "../wasm-model/index.ts";
import { simd } from "../wasm-model/runtime/simd.ts";
import { runCommandLine } from "./command-line.ts";
import { UserError } from "./user-error.ts";
import { writeFileAtomically } from "./write-file.ts";

interface Flags extends Partial<SampleOptions> {
  readonly count?: number;
  readonly runtime: RuntimeName;
  readonly out: string;
}

/** What can run a model. onnxruntime-web is big: it is loaded only when it is asked for. */
const RUNTIMES = {
  simd: async () => simd,
  onnxruntime: async () => {
    const [{ onnxruntime }, ort] = await Promise.all([import("../wasm-model/runtime/onnxruntime.ts"), import("onnxruntime-web/wasm")]);
    return onnxruntime({ ort });
  },
} satisfies Record<string, () => Promise<Runtime>>;
type RuntimeName = keyof typeof RUNTIMES;

function commandLine(argv: readonly string[]): { file: string; flags: Flags } {
  const command = new Command("sample")
    .description("Draws an image with a model, as a PNG file.")
    .argument("<model.onnx>", "the model's file");
  for (const name of SAMPLE_OPTIONS.filter((option) => option !== "n"))
    command.option(`--${name} <${name}>`, `${OPTIONS[name].doc} Default: ${OPTIONS[name].default}.`);
  command
    .option("--count <n>", "Draw a grid of n images, of the seeds {seed}/0, {seed}/1, ...", count)
    .option("--runtime <name>", "What runs the network: our own engine, or onnxruntime-web.", runtimeName, "simd")
    .requiredOption("--out <file.png>", "Where the PNG goes.")
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "")) })
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
    .parse(argv);
  return { file: command.args[0], flags: command.opts<Flags>() };
}

function count(text: string): number {
  const { min, max } = OPTIONS.n.domain;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new InvalidArgumentError(`Expected an integer from ${min} to ${max} for \`count\` but received ${text}`);
  }
  return value;
}

function runtimeName(text: string): RuntimeName {
  if (Object.hasOwn(RUNTIMES, text)) return text as RuntimeName;
  throw new InvalidArgumentError(`Expected one of ${Object.keys(RUNTIMES).join(", ")} for \`runtime\` but received ${text}`);
}

function read(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new UserError(`Expected a model's file for \`model.onnx\` but ${(error as Error).message}`);
  }
}

const describe = ({ label = "of any class", sampler, steps, nfe, width, height }: Sample): string =>
  `${label}, ${width}x${height}, ${sampler}, ${steps} noise levels, ${nfe} evaluations`;

async function main(): Promise<void> {
  const { file, flags } = commandLine(process.argv);
  const { count, out, runtime, seed = crypto.randomUUID().slice(0, 8), ...options } = flags;
  const model = await loadModel(read(file), { runtime: await RUNTIMES[runtime]() });
  const image = await sample(model, { ...options, seed, n: count });
  writeFileAtomically(out, image.png());
  const what = count === undefined ? `seed ${seed}` : `${count} images of the seeds ${seed}/0 to ${seed}/${count - 1}`;
  console.log(`wrote ${out}: ${what}, ${describe(image)}`);
}

await runCommandLine(async () => {
  try {
    await main();
  } catch (error) {
    throw error instanceof OptionError || error instanceof ModelError ? new UserError(error.message) : error;
  }
});
