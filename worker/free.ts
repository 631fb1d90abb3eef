/** The Worker for the Workers Free plan, where an upload has at most 3 MB compressed: the service with as many of the shipped models. */
import avatars from "../wasm-model/models/avatars/model.onnx";
import pixels from "../wasm-model/models/pixels/model.onnx";
import { serve } from "./serve.ts";

export default await serve([pixels, avatars]);
