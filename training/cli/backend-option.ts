/** The flag `--backend` of the commands that compute with TensorFlow.js. */
import { Option } from "commander";

export const backendOption = (doc = "what computes"): Option =>
  new Option("--backend <name>", doc).choices(["auto", "native", "wasm"]).default("auto");
