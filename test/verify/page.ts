/** In a browser, bundled: asks its server for tasks, one after the other, and sends the hashes, or what went wrong. */

import { builds } from "../../wasm-model/engine/simd.ts";
import { MODEL_FILE } from "../../wasm-model/model/model.ts";
import { draw, type Task } from "./task.ts";

for (;;) {
  const task = (await (await fetch("/task")).json()) as Task;
  const file = new Uint8Array(await (await fetch(`/${task.model}/${MODEL_FILE}`)).arrayBuffer());
  const result = await draw(file, builds, task.build).then(
    (hashes) => ({ hashes }),
    (error) => ({ error: String(error) }),
  );
  await fetch("/", { method: "POST", body: JSON.stringify(result) });
}
