/** The exports of the engine's module (assembly/index.ts). Addresses and sizes are in bytes; `kind` is DIRECT, WINOGRAD or WINOGRAD_4. */
export interface EngineKernels {
  readonly memory: WebAssembly.Memory;
  readonly heapBase: { readonly value: number };
  /** 1 in the relaxed build, 0 in the plain one. */
  readonly hasDirect: { readonly value: number };
  run(program: number, steps: number): void;
  siluOf(x: number): number;
  linear(v: number, weights: number, y: number, inputs: number, outputs: number): void;
  pack(step: number, filters: number, inputs: number, outputs: number, zeroPoint: number): void;
  weightBytes(kind: number, inputs: number, outputs: number, kernel: number): number;
  scratchBytes(kind: number, height: number, width: number, inputs: number, kernel: number): number;
  fastestConvolution(): number;
}

/** A new instance with its own memory. */
export async function instantiate(module: WebAssembly.Module): Promise<EngineKernels> {
  return (await WebAssembly.instantiate(module)).exports as EngineKernels;
}
