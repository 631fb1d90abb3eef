declare module "*.onnx" {
  const file: ArrayBuffer;
  export default file;
}
