/** In a browser, bundled: asks its server for tasks, one after the other, and sends the hashes, or what went wrong. */
import { MODEL_FILE, TEACHER_FILE } from "../../wasm-model/model/model.ts";
import { builds } from "../../wasm-model/runtime/simd.ts";
import { draw, type Task } from "./draw.ts";

for (;;) {
  const task = (await (await fetch("/task")).json()) as Task;
  const files = {
    file: (await fetched(task.model, MODEL_FILE)) as Uint8Array<ArrayBuffer>,
    teacher: await fetched(task.model, TEACHER_FILE),
  };
  const result = await draw(files, builds, task).catch((error) => ({ error: String(error) }));
  await fetch("/", { method: "POST", body: JSON.stringify(result) });
}

/** Undefined for a file that the model does not have. */
async function fetched(model: string, name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const response = await fetch(`/${model}/${name}`);
  return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined;
}
