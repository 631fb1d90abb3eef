// The models travel with the Worker; the first is the default. `npx anneal add` writes this file.
import model from "../models/model.onnx";

export default [model];
