/** A model file that this library did not write, or that was damaged or edited since. */
export class ModelError extends Error {
  override name = "ModelError";
}
