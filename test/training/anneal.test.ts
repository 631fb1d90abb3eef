/** `anneal <verb>`, the command line as a whole. */
import { spawn } from "node:child_process";
import { chmodSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { packagedModel } from "../../training/cli/model-files.ts";
import { RANGES } from "../../training/cli/verbs.ts";
import { finished, refused, run } from "../support/command-line.ts";
import { temporaryFolder, writeFolder } from "../support/files.ts";
import { randomModelFile, TINY } from "../support/random-model.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const folder = temporaryFolder("verbs");

const runIn = (cwd: string, program: string, ...args: string[]) => finished(spawn(process.execPath, [program, ...args], { cwd }));

describe("anneal", () => {
  it("names all packages at once that training and export need and that are not there, and how to install them", async () => {
    const hider = join(folder, "hider.mjs");
    writeFileSync(
      hider,
      `import Module from "node:module"; const places = Module._resolveLookupPaths;
       Module._resolveLookupPaths = (name, ...rest) => (/^(@tensorflow|sharp$)/.test(name) ? [] : places(name, ...rest));`,
    );
    const packages = ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm", "sharp"] as const;
    const install = `--save-dev ${packages.map((name) => `"${name}@${RANGES[name]}"`).join(" ")}`;
    const env = { NODE_OPTIONS: `--import=${hider}` };
    expect(await refused(run("train", ["--data", "./my-images"], env))).toBe(
      `\`anneal train\` needs ${packages.join(", ")}: npm install ${install} (or all that training needs: npx anneal setup-native)\n`,
    );
  });

  it("of a clone says in one line which Node it needs, where Node cannot run the sources", async () => {
    const { code, stdout, stderr } = await runIn(ROOT, "--no-experimental-strip-types", "training/bin.js", "--help");
    expect(stderr).toBe(
      `Expected Node 22.18 or later, which runs Anneal's sources, but received ${process.version}: use \`npx anneal\`, which brings one\n`,
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it("trains without a name under that of the images' folder, in models", async () => {
    writeFolder(join(folder, "models/my-pets"), { "run/config.json": "{}" });
    const data = `${join(folder, "My Pets")}/`;
    expect(await refused(runIn(folder, join(ROOT, "training/anneal.ts"), "train", "--data", data))).toBe(
      'Expected a new or empty folder for `out` but received "models/my-pets", which holds a run: --resume models/my-pets continues it, and --force replaces it\n',
    );
  });

  it("says that a folder of images is missing before it loads what computes", async () => {
    for (const args of [["train"], ["evaluate", packagedModel()]]) {
      const stderr = 'Expected a folder of images for `data` but received "none"; unpack archives first\n';
      const missing = runIn(folder, join(ROOT, "training/anneal.ts"), ...args, "--data", "none");
      expect(await missing).toEqual({ code: 2, stdout: "", stderr });
    }
  });

  it("removes what is half built when a command fails", async () => {
    const [cache, programs] = [join(folder, "half"), join(folder, "programs")];
    writeFolder(programs, {
      npm: '#!/bin/sh\nmkdir -p node_modules/@tensorflow/tfjs-node\n[ "$1" = install ]\n',
      python3: "#!/bin/sh\nexit 1\n",
    });
    for (const name of readdirSync(programs)) chmodSync(join(programs, name), 0o755);
    const env = { XDG_CACHE_HOME: cache, PATH: `${programs}:${process.env.PATH}` };
    expect(await refused(run("setup-native", [], env))).toMatch(/^`python3 -m venv` failed \(1\): install Python /);
    expect(readdirSync(join(cache, "anneal"))).toEqual([]);
  });
});

it("anneal evaluate asks for images where no run stands beside the model", async () => {
  const project = writeFolder(join(folder, "evaluated"), { "model.onnx": randomModelFile({ ...TINY, classes: 4 }, 5, "int8") });
  expect(await refused(runIn(project, join(ROOT, "training/anneal.ts"), "evaluate", "model.onnx", "--backend", "wasm"))).toBe(
    "The model has no run beside it that says where its images are: name them by --data\n",
  );
});
