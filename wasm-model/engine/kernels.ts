/** The exports of the engine's WebAssembly module, either build (assembly/index.ts tells what they do). Addresses and sizes in bytes. */
export interface Kernels {
  readonly memory: WebAssembly.Memory;
  run(program: number, steps: number): void;
  runBareConvolution(step: number): void;
  linear(v: number, weights: number, y: number, inputs: number, outputs: number): void;
  pack(filters: number, inputs: number, outputs: number, kernel: number, target: number, paddedInputs: number, sums: number): void;
  weightBytes(inputs: number, outputs: number, kernel: number): number;
  scratchBytes(height: number, width: number, inputs: number, kernel: number): number;
  hasNativeDot(): number;
}

/** A fresh instance with a memory of its own. */
export async function instantiate(module: WebAssembly.Module): Promise<Kernels> {
  return (await WebAssembly.instantiate(module)).exports as Kernels;
}
