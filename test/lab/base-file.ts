/**
 * `npm run lab -- base-file`: the weights of a run, averaged and in half precision, as the file that other runs start
 * from.
 */
import { join } from "node:path";
import { newCommand, runCommandLine } from "../../training/cli/command-line.ts";
import { makeFolder, writeFileAtomically } from "../../training/cli/files.ts";
import { SAMPLING_DEFAULTS } from "../../training/learning/sampling.ts";
import { effectiveParameters } from "../../training/network/parameters.ts";
import { cardOf } from "../../training/run/config.ts";
import { RunFolder } from "../../training/run/folder.ts";
import { writeHalfModel } from "../../wasm-model/model/onnx/writer.ts";

await runCommandLine(async () => {
  const command = newCommand("lab base-file")
    .description("Writes a run's averaged weights as model-fp16.onnx, to start other runs from.")
    .argument("<run>", "the folder of the run's model")
    .requiredOption("--out <folder>", "where the file goes")
    .parse(process.argv);
  const [folder] = command.args;
  const { out } = command.opts<{ out: string }>();
  const run = new RunFolder(folder);
  const config = run.readConfig();
  const { average } = run.readState(config.spec);
  const floats = effectiveParameters(config.spec, average);
  const file = writeHalfModel({
    card: cardOf({ ...config, sampling: SAMPLING_DEFAULTS, data: "base-data", dataLicence: "several: see its page" }),
    weights: { floats, convolutions: new Map() },
  });
  makeFolder(out);
  writeFileAtomically(join(out, "model-fp16.onnx"), file);
  console.log(`wrote ${file.length} bytes to ${join(out, "model-fp16.onnx")}`);
});
