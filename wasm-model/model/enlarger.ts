/** The enlarger's file, models/enlarger/model.onnx, which the library carries as a module of its own. */

/** Loads the file: its module at the first call, so images of native size never read it. */
export async function enlargerFile(): Promise<Uint8Array> {
  const { ENLARGER } = await import("./dist/enlarger.ts");
  const text = atob(ENLARGER);
  const file = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) file[i] = text.charCodeAt(i); // a fifth of the time of Uint8Array.from
  return file;
}
