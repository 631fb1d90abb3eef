/** A model's file as the golden tests' bundler embeds it. */
declare module "*.onnx" {
  const bytes: Uint8Array;
  export default bytes;
}
