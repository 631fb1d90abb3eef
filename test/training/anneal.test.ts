/** `anneal <verb>`, the command line as a whole. */
import { spawn } from "node:child_process";
import { chmodSync, existsSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { LIBRARY } from "../../training/backend/library.ts";
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
    const install = (quote: string) => `--save-dev ${packages.map((name) => `${quote}${name}@${RANGES[name]}${quote}`).join(" ")}`;
    const env = { NODE_OPTIONS: `--import=${hider}` };
    expect(await refused(run("train", ["--data", "./my-images"], env))).toBe(
      `\`anneal train\` needs ${packages.join(", ")}: npm install ${install('"')} (or all that training needs: npx anneal setup-native)\n`,
    );
    const { stdout, stderr } = await run("setup-native", [], env);
    expect(stdout).toContain(`this saves in package.json\n\n  npm install --no-audit --no-fund --loglevel=error ${install("'")}\n`);
    expect(stderr).toBe("There is no terminal to ask at: add --yes to go on\n");
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

  it("does not set up the native library unasked, but shows what it would run, and what stays", async () => {
    const cache = join(folder, "cache");
    const { code, stdout, stderr } = await run("setup-native", [], { XDG_CACHE_HOME: cache });
    expect(stderr).toBe("There is no terminal to ask at: add --yes to go on\n");
    expect(code).toBe(2);
    expect(stdout).toContain(`TensorFlow's library goes to ${cache}/anneal/${LIBRARY}, `);
    for (const command of ["npm install ", "python3 -m venv ", "pip install ", "g++ -O2 "]) expect(stdout).toContain(command);
    expect(stdout).toContain("A Python environment of 1.3 GB is deleted at the end");
    expect(stdout).not.toContain("saves in package.json"); // all packages are here
    expect(existsSync(cache)).toBe(false);
  });

  it("removes what is half built when a command fails", async () => {
    const [cache, programs] = [join(folder, "half"), join(folder, "programs")];
    writeFolder(programs, {
      npm: '#!/bin/sh\nmkdir -p node_modules/@tensorflow/tfjs-node\n[ "$1" = install ]\n',
      python3: "#!/bin/sh\nexit 1\n",
    });
    for (const name of readdirSync(programs)) chmodSync(join(programs, name), 0o755);
    const env = { XDG_CACHE_HOME: cache, PATH: `${programs}:${process.env.PATH}` };
    expect(await refused(run("setup-native", ["--yes"], env))).toMatch(/^`python3` does not run on this machine: install Python /);
    expect(readdirSync(join(cache, "anneal"))).toEqual([]);
  });
});

it("anneal evaluate asks for images where no run stands beside the model", async () => {
  const project = writeFolder(join(folder, "evaluated"), { "model.onnx": randomModelFile({ ...TINY, classes: 4 }, 5, "int8") });
  expect(await refused(runIn(project, join(ROOT, "training/anneal.ts"), "evaluate", "model.onnx", "--backend", "wasm"))).toBe(
    "The model has no run beside it that says where its images are: name them by --data\n",
  );
});
