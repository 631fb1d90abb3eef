/** Allocates a module's linear memory while a model is loaded. Nothing is freed: plan.ts decides what shares memory. */
import { ModelError } from "../model/card.ts";
import { STEP_BYTES } from "./layout.ts";

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

const PAGE = 65536;
/** Memory grows by half a megabyte at a time: growing costs more than a few unused pages. */
const GROWTH = 8 * PAGE;
const CACHE_LINE = 64;
/** The most bytes of a model's weights and maps, of the 128 MB that a Worker has. */
export const MAX_BYTES = 64 * 1024 * 1024;

export class Memory {
  readonly #memory: WebAssembly.Memory;
  #end: number;

  constructor({ memory, heapBase }: EngineKernels) {
    this.#memory = memory;
    this.#end = Math.ceil(heapBase.value / CACHE_LINE) * CACHE_LINE; // > 0: address 0 means "absent"
  }

  /** The address of new zeros. It may move the memory, which invalidates earlier views. Throws ModelError if there is no more. */
  take(bytes: number): number {
    const address = this.#end;
    this.#end = address + Math.ceil(bytes / CACHE_LINE) * CACHE_LINE;
    if (this.#end > MAX_BYTES)
      throw new ModelError(`Expected a model that needs at most ${MAX_BYTES} bytes of memory but received one that needs more`);
    const missing = this.#end - this.#memory.buffer.byteLength;
    try {
      if (missing > 0) this.#memory.grow((Math.ceil(missing / GROWTH) * GROWTH) / PAGE);
    } catch (cause) {
      throw new ModelError(`Expected ${this.#end} bytes of memory for the model but received no more`, { cause });
    }
    return address;
  }

  /** Copies `data` into the memory and returns its address. */
  store(data: Float32Array | Uint32Array): number {
    const address = this.take(data.byteLength);
    this.bytes(address, data.byteLength).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    return address;
  }

  bytes = (address: number, length: number): Uint8Array => new Uint8Array(this.#memory.buffer, address, length);
  floats = (address: number, length: number): Float32Array => new Float32Array(this.#memory.buffer, address, length);
  integers = (address: number, length: number): Int32Array => new Int32Array(this.#memory.buffer, address, length);

  /** Writes a step (layout.ts). Fields that are not given become 0. */
  writeStep(address: number, fields: Readonly<Record<number, number>>): void {
    const step = this.integers(address, STEP_BYTES / 4).fill(0);
    for (const [offset, value] of Object.entries(fields)) step[Number(offset) / 4] = value;
  }
}

/** The bits of x as a float32, as the fields of a step store them. */
export const floatBits = (x: number): number => new Int32Array(Float32Array.of(x).buffer)[0];
