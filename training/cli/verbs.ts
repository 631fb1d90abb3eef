/** The verbs of `anneal`: what each does, examples, and the optional packages that it needs. */
import type { OptionalPackage } from "./packages.ts";

export interface Verb {
  /** One line in `anneal --help`. */
  readonly summary: string;
  /** Examples in its own help, without `anneal {verb}`. */
  readonly examples: readonly string[];
  /** What it always needs. Those of a flag or a kind of data are checked when it is used. */
  readonly needs?: readonly OptionalPackage[];
}

const TFJS = ["@tensorflow/tfjs", "@tensorflow/tfjs-backend-wasm"] as const;
/** And reads a folder of images. */
const IMAGES = [...TFJS, "sharp"] as const;

export const VERBS = {
  train: {
    summary: "train a model on a folder of images",
    examples: [
      "--data ./my-images --dry-run",
      "--data ./my-images --open",
      "--data ./my-images --images 500000",
      "--resume models/my-images",
    ],
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
    summary: "draw images, variations of an image, or a masked part of it",
    examples: [
      "--seed alice --out alice.png",
      "models/pets/model.onnx --class cat --count 64 --out cats.png",
      "models/pets/model.onnx --seeds names.txt --out pets/",
      "models/pets/model.onnx --count 60 --sheet pets.png",
      "models/pets/model.onnx --image a.png --mask m.png --out o.png",
    ],
  },
  evaluate: {
    summary: "measure a model: held-out loss, copies of training images, how its images look",
    examples: ["models/pets", "models/pets --data ./my-images"],
    needs: IMAGES,
  },
  "setup-native": {
    summary: "install what train, export and evaluate need, with TensorFlow's native library",
    examples: ["", "--yes"],
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
  deploy: {
    summary: "deploy the Worker of this folder",
    examples: ["--dry-run", ""],
    needs: ["wrangler"],
  },
} as const satisfies Record<string, Verb>;

export type VerbName = keyof typeof VERBS;
