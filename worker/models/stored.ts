/** Models that lie beside the Worker, among its static assets (build.ts), and are loaded when they are first asked for: `wasm-model/models/{name}/model.onnx`. */
export const STORED: readonly string[] = ["mnist"];

/** Where a model's file is, in the Worker's assets and for its clients. */
export const modelPath = (name: string): string => `/models/${name}/model.onnx`;
