/** Models among the Worker's static assets (build.ts), loaded on their first request: `wasm-model/models/{name}/model.onnx`. */
export const STORED: readonly string[] = ["mnist"];

/** The path of a model's file, among the assets and for clients. */
export const modelPath = (name: string): string => `/models/${name}/model.onnx`;
