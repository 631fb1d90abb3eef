/** One step of a program on a fresh module, with guard bytes around all that it may write. */
import { expect } from "vitest";
import { borderedBytes, firstInner, type MapSize, paddedChannels, pixelOffsets } from "../../../wasm-model/engine/geometry.ts";
import * as layout from "../../../wasm-model/engine/layout.ts";
import { type EngineKernels, floatBits, instantiate, Memory } from "../../../wasm-model/engine/memory.ts";

const GUARD = 0xa5;
const GUARD_BYTES = 64;

export type Fields = Readonly<Record<number, number>>;

export class Workbench {
  readonly kernels: EngineKernels;
  readonly memory: Memory;
  readonly #guards: number[] = [];

  static async on(module: WebAssembly.Module): Promise<Workbench> {
    return new Workbench(await instantiate(module));
  }

  private constructor(kernels: EngineKernels) {
    this.kernels = kernels;
    this.memory = new Memory(kernels);
  }

  /** Memory between guards. */
  guarded(bytes: number): number {
    const start = this.memory.take(bytes + 2 * GUARD_BYTES);
    for (const guard of [start, start + GUARD_BYTES + bytes]) {
      this.memory.bytes(guard, GUARD_BYTES).fill(GUARD);
      this.#guards.push(guard);
    }
    return start + GUARD_BYTES;
  }

  /** Writes the step, calls `pack` where there is something to pack, runs it, and looks at the guards. */
  run(fields: Fields, pack?: (step: number) => void): void {
    const step = this.memory.take(layout.STEP_BYTES);
    this.memory.writeStep(step, fields);
    pack?.(step);
    this.kernels.run(step, 1);
    for (const guard of this.#guards) expect(this.memory.bytes(guard, GUARD_BYTES)).toEqual(new Uint8Array(GUARD_BYTES).fill(GUARD));
  }

  /** The fields that all steps with an epilogue have, for dense float32 results at `values`. All multipliers are 1. */
  epilogue(size: MapSize, values: number): Fields {
    const channels = paddedChannels(size.channels);
    return {
      [layout.HEIGHT]: size.height,
      [layout.WIDTH]: size.width,
      [layout.OUTPUTS]: channels,
      [layout.STRIP]: this.guarded(32 * Math.ceil((size.height * size.width) / 4) * 4),
      [layout.MULTIPLIERS]: this.memory.store(new Float32Array(channels).fill(1)),
      [layout.VALUES]: values,
    };
  }
}

/** A step that passes float32 values [pixel][8] through an epilogue: each 2x2 pixels of the result come from one value. */
export async function throughEpilogue(module: WebAssembly.Module, values: Float32Array, fields: Fields): Promise<Uint8Array> {
  const bench = await Workbench.on(module);
  const { memory } = bench;
  const size = { height: 2, width: values.length / 4, channels: 8 };
  const codes = bench.guarded(borderedBytes(size, 8)) + firstInner(size, 8);
  bench.run({
    ...bench.epilogue(size, 0),
    [layout.KIND]: layout.UPSAMPLE,
    [layout.SOURCE]: memory.store(values),
    [layout.CODES]: codes,
    [layout.CODE_OFFSETS]: memory.store(pixelOffsets(size, 8)),
    [layout.CODE_FACTOR]: floatBits(1),
    ...fields,
  });
  const row = memory.bytes(codes, 2 * values.length);
  return Uint8Array.from(values, (_, i) => row[i + 8 * Math.floor(i / 8)]);
}
