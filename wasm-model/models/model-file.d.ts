/** The bytes of a model in the package, `anneal/models/{name}.onnx`, as bundlers for Workers import it. */
declare const file: ArrayBuffer;
export default file;
