/** A model in the package, `anneal/models/{name}.onnx`, as bundlers of Workers import it: its bytes. */
declare const file: ArrayBuffer;
export default file;
