/** The enlarger's file, models/enlarger/model.onnx, which the library carries as a module of its own. */

/** Loads the file: its module at the first call, so images of native size never read it. */
export async function enlargerFile(): Promise<Uint8Array> {
  const { ENLARGER } = await import("./dist/enlarger.ts");
  return Uint8Array.from(atob(ENLARGER), (character) => character.charCodeAt(0));
}
