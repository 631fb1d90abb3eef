/** In workerd: `POST /?{task}` with a model's files as a form answers with the hashes. */
import type { ModelFilePair } from "../../training/cli/model-files.ts";
import { builds } from "../../wasm-model/runtime/simd.workerd.ts";
import { draw, type Task } from "./draw.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    const task = JSON.parse(decodeURIComponent(new URL(request.url).search.slice(1))) as Task;
    const form = await request.formData();
    const bytes = async (name: keyof ModelFilePair) => {
      const file = form.get(name);
      return file instanceof File ? new Uint8Array(await file.arrayBuffer()) : undefined;
    };
    const files = { file: (await bytes("file")) as Uint8Array<ArrayBuffer>, teacher: await bytes("teacher") };
    return Response.json(await draw(files, builds, task));
  },
};
