/**
 * The verbs of `anneal`: what each does, and examples. Also the packages that only some verbs need: installing Anneal does not bring
 * them, and what needs one that is missing says so.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { UserError } from "./user-error.ts";

export interface Verb {
  /** One line in `anneal --help`. */
  readonly summary: string;
  /** Examples in its own help, without `anneal {verb}`. */
  readonly examples: readonly string[];
  /** What it needs. */
  readonly needs?: readonly OptionalPackage[];
}

const TFJS = ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"] as const;
/** And reads a folder of images. */
const IMAGES = [...TFJS, "sharp"] as const;

export const VERBS = {
  train: {
    summary: "train a model on a folder of images",
    examples: ["--data ./my-images --dry-run", "--data ./my-images", "--data ./my-images --images 500000", "--resume models/my-images"],
    needs: IMAGES,
  },
  export: {
    summary: "make another file of a model: other steps, another name, weights from elsewhere",
    examples: [
      "models/pets --steps 6 --out models/pets-6",
      "models/pets --from edited.safetensors --out models/edited",
      "models/pets --write-weights pets.safetensors",
    ],
    needs: TFJS,
  },
  sample: {
    summary: "draw images",
    examples: [
      "--seed alice --out alice.png",
      "models/pets/model.onnx --class cat --count 64 --out cats.png",
      "models/pets/model.onnx --seeds names.txt --out pets/",
      "models/pets/model.onnx --count 60 --out pets/",
    ],
  },
  evaluate: {
    summary: "measure a model: held-out loss, copies of training images, how its images look",
    examples: ["models/pets", "models/pets --data ./my-images"],
    needs: IMAGES,
  },
  "setup-native": {
    summary: "install what train, export and evaluate need, with TensorFlow's native library",
    examples: ["", "--check"],
  },
  dev: {
    summary: "serve models on this machine",
    examples: ["", "models/pets --port 8080"],
  },
  new: {
    summary: "write a project for your own Worker",
    examples: ["my-edge", "my-edge --model models/pets"],
  },
  add: {
    summary: "add a model to the Worker project of this folder, or replace one",
    examples: ["models/pets-2", "models/pets-2 --default", "models/pets --replace"],
  },
} as const satisfies Record<string, Verb>;

export type VerbName = keyof typeof VERBS;

/** The versions that work, for npm. `test/slow/package.test.ts` tries both ends. */
export const RANGES = {
  "@tensorflow/tfjs": "^4.22.0",
  "@tensorflow/tfjs-backend-wasm": "^4.22.0",
  sharp: "0.34 - 0.35",
} as const;

export type OptionalPackage = keyof typeof RANGES;

/** Throws a UserError that says how to install the packages in `needs` that are missing. `user`, in words, needs them. */
export function expectInstalled(user: string, needs: readonly OptionalPackage[]): void {
  const missing = needs.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const all = missing.includes("@tensorflow/tfjs") ? " (or all that training needs: npx anneal setup-native)" : "";
  const install = ["npm install --save-dev", ...missing.map((name) => `"${withRange(name)}"`)].join(" ");
  throw new UserError(`${user} needs ${missing.join(", ")}: ${install}${all}`);
}

/** A package with its range of versions, for npm. */
export const withRange = (name: OptionalPackage): string => `${name}@${RANGES[name]}`;

/** Whether the package is there now. Node 20 itself remembers that it was missing. */
export const isInstalled = (name: OptionalPackage): boolean =>
  createRequire(import.meta.url)
    .resolve.paths(name)
    ?.some((folder) => existsSync(join(folder, name, "package.json"))) === true;
