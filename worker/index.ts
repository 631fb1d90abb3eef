/** The Worker: the service with the shipped models. */
import avatars from "../wasm-model/models/avatars/model.onnx";
import cifar10 from "../wasm-model/models/cifar10/model.onnx";
import fashion from "../wasm-model/models/fashion-mnist/model.onnx";
import mnist from "../wasm-model/models/mnist/model.onnx";
import pixels from "../wasm-model/models/pixels/model.onnx";
import { serve } from "./serve.ts";

export default await serve([pixels, avatars, fashion, mnist, cifar10]);
