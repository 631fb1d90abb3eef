/** `npm run bench -- <name>`. Compare ratios within one run: times depend on the machine, and on what else it does. */
import { runScript } from "../tools/programs.ts";

await runScript("bench", "Runs one of the benches, which print tables.", {
  engine: { summary: "one evaluation by the engine, beside onnxruntime-web", run: () => import("./engine.ts") },
  workerd: { summary: "CPU time per image in workerd", run: () => import("./workerd.ts") },
  load: { summary: "the Worker under load: throughput, memory, fairness", run: () => import("./load.ts") },
  training: { summary: "training images per second, native and WASM", run: () => import("./training.ts") },
  yours: { summary: "the page Your pictures on its example: images, speed, memory, the longest task", run: () => import("./yours.ts") },
});
