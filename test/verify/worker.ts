/** In workerd: `POST /?{task}` with a model's file answers with the hashes. */
import { builds } from "../../wasm-model/engine/simd.workerd.ts";
import { draw, type Task } from "./task.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    const task = JSON.parse(decodeURIComponent(new URL(request.url).search.slice(1))) as Task;
    const file = new Uint8Array(await request.arrayBuffer());
    return Response.json(await draw(file, builds, task.build));
  },
};
