/** Writes the steps of a plan, and the maps, tables and weights that they refer to. */

import { SILU_NORM } from "../network/ops.ts";
import type { QuantizedConv, Weights } from "../network/quantization.ts";
import type { Node } from "../network/recorder.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { bordered, borderedBytes, firstInner, type MapSize, packFilters, paddedChannels, pixelOffsets } from "./geometry.ts";
import type { EngineKernels } from "./kernels.ts";
import * as layout from "./layout.ts";
import { floatBits, type Memory } from "./memory.ts";
import { allocate, type CodeMap, type FloatMap, type Plan, type PlanStep } from "./plan.ts";

type StepFields = Readonly<Record<number, number>>;

/** The step's multipliers are base[o] times vectors[...][o]. */
export interface Multipliers {
  readonly address: number;
  readonly base: Float64Array;
  readonly vectors: readonly Node[];
}

export class StepWriter {
  readonly #kernels: EngineKernels;
  /** The algorithm of integer convolutions, DIRECT or WINOGRAD. */
  readonly #convolution: number;
  readonly #memory: Memory;
  readonly #weights: Weights;
  readonly #steps: readonly PlanStep[];
  readonly #strip: number;
  readonly #scratch: number;
  /** Where filters are staged for packing. */
  readonly #staging: number;
  readonly #floatMaps: ReadonlyMap<FloatMap, number>;
  readonly #codeMaps = new Map<CodeMap, number>();
  readonly #tables = new Map<string, number>();
  /** The image as the first convolution reads it. */
  #imageMap = 0;

  constructor(kernels: EngineKernels, convolution: number, memory: Memory, weights: Weights, { steps }: Plan) {
    this.#kernels = kernels;
    this.#convolution = convolution;
    this.#memory = memory;
    this.#weights = weights;
    this.#steps = steps;
    this.#strip = memory.take(Math.max(...steps.map(({ size }) => 32 * Math.ceil((size.height * size.width) / 4) * 4)));
    this.#scratch = memory.take(Math.max(...steps.map((step) => this.#scratchBytes(step))));
    this.#staging = memory.take(Math.max(...[...weights.convolutions.values()].map((conv) => conv.weights.length)));
    const { offsets, bytes } = allocate(
      steps.flatMap(({ values }) => values ?? []),
      ({ size }) => 4 * size.height * size.width * paddedChannels(size.channels),
    );
    const base = memory.take(bytes);
    this.#floatMaps = new Map([...offsets].map(([map, offset]) => [map, base + offset]));
    for (const { codes } of steps) if (codes) this.#codeMaps.set(codes, this.#takeCodeMap(codes));
  }

  /** One step: its producer and its epilogue. */
  write(address: number, step: PlanStep): Multipliers {
    const { size, values, codes, addends } = step;
    const channels = paddedChannels(size.channels);
    const multipliers = this.#memory.take(4 * channels);
    const [first, second] = addends;
    const common: StepFields = {
      [layout.HEIGHT]: size.height,
      [layout.WIDTH]: size.width,
      [layout.OUTPUTS]: channels,
      [layout.STRIP]: this.#strip,
      [layout.SCRATCH]: this.#scratch,
      [layout.MULTIPLIERS]: multipliers,
      [layout.FIRST]: first ? this.#floatMap(first.map) : 0,
      [layout.FIRST_WEIGHT]: floatBits(first?.weight ?? 0),
      [layout.SECOND]: second ? this.#floatMap(second.map) : 0,
      [layout.SECOND_WEIGHT]: floatBits(second?.weight ?? 0),
      [layout.VALUES]: values ? this.#floatMap(values) : 0,
      ...(codes && this.#codeFields(codes)),
    };
    this.#memory.writeStep(address, { ...common, ...this.#producerFields(step) });
    this.#packWeights(address, step);
    return { address: multipliers, base: this.#baseMultipliers(step), vectors: step.factors.vectors };
  }

  writeImageIn(address: number, spec: NetworkSpec, imageIn: number): void {
    const size = { height: spec.height / 2, width: spec.width / 2, channels: 4 * spec.channels + 1 };
    const pixelBytes = 4 * size.channels;
    this.#memory.writeStep(address, {
      ...imageFields(layout.IMAGE_IN, spec, imageIn),
      [layout.IMAGE_MAP]: this.takeImageMap(size),
      [layout.IMAGE_MAP_ROW]: bordered(size.width) * pixelBytes,
      [layout.IMAGE_MAP_PIXEL]: pixelBytes,
    });
  }

  /** Allocates the map that the first convolution reads, whose last channel is 1. Returns the address of the first inner pixel. */
  takeImageMap(size: MapSize): number {
    const pixelBytes = 4 * size.channels;
    this.#imageMap = this.#memory.take(borderedBytes(size, pixelBytes));
    const inner = this.#imageMap + firstInner(size, pixelBytes);
    for (const offset of pixelOffsets(size, pixelBytes)) this.#memory.floats(inner + offset, size.channels)[size.channels - 1] = 1; // appendOne
    return inner;
  }

  /** The address of the last step's result, a dense float32 map. */
  get result(): number {
    return this.#floatMap(this.#steps[this.#steps.length - 1].values as FloatMap);
  }

  writeImageOut(address: number, spec: NetworkSpec, imageIn: number, imageOut: number): void {
    const { size } = this.#steps[this.#steps.length - 1];
    const pixelBytes = 4 * paddedChannels(size.channels);
    this.#memory.writeStep(address, {
      ...imageFields(layout.IMAGE_OUT, spec, imageIn),
      [layout.IMAGE_MAP]: this.result,
      [layout.IMAGE_MAP_ROW]: size.width * pixelBytes,
      [layout.IMAGE_MAP_PIXEL]: pixelBytes,
      [layout.IMAGE_RESULT]: imageOut,
    });
  }

  #producerFields({ producer, source, size }: PlanStep): StepFields {
    if (producer.op !== "conv") {
      return {
        [layout.KIND]: producer.op === "downsample" ? layout.POOL : layout.UPSAMPLE,
        [layout.SOURCE]: this.#floatMap(source as FloatMap),
      };
    }
    if (!this.#quantizedOf(producer)) return this.#floatConv(producer.path, size);
    return this.#quantizedConv(source as CodeMap, size, producer.kernel);
  }

  #quantizedConv(source: CodeMap, size: MapSize, kernel: number): StepFields {
    const inputs = paddedChannels(source.size.channels);
    const outputs = paddedChannels(size.channels);
    const map = this.#codeMaps.get(source) as number;
    return {
      [layout.KIND]: this.#convolution,
      [layout.KERNEL]: kernel,
      [layout.INPUTS]: inputs,
      [layout.SOURCE]: kernel === 3 ? map : map + firstInner(source.size, inputs),
      [layout.SOURCE_ROW]: bordered(size.width) * inputs,
      [layout.SOURCE_OFFSETS]: this.#table(size, inputs),
      [layout.WEIGHTS]: this.#memory.take(this.#kernels.weightBytes(this.#convolution, inputs, outputs, kernel)),
      [layout.CORRECTIONS]: this.#memory.take(4 * outputs),
    };
  }

  /** Fills the weights and corrections of a quantized convolution. */
  #packWeights(address: number, { producer, source, size }: PlanStep): void {
    const quantized = this.#quantizedOf(producer);
    if (!quantized) return;
    const { weights, input } = quantized;
    this.#memory.bytes(this.#staging, weights.length).set(weights);
    this.#kernels.pack(address, this.#staging, (source as CodeMap).size.channels, size.channels, input.zeroPoint);
  }

  #floatConv(path: string, size: MapSize): StepFields {
    const filters = this.#weights.floats.get(path) as Float32Array;
    const inputs = filters.length / (9 * size.channels);
    const pixelBytes = 4 * inputs;
    return {
      [layout.KIND]: layout.CONVOLUTION_F32,
      [layout.INPUTS]: inputs,
      [layout.SOURCE]: this.#imageMap,
      [layout.SOURCE_ROW]: bordered(size.width) * pixelBytes,
      [layout.SOURCE_OFFSETS]: this.#table(size, pixelBytes),
      [layout.WEIGHTS]: this.#memory.store(packFilters(filters, size.channels, inputs)),
    };
  }

  #codeFields(codes: CodeMap): StepFields {
    const channels = paddedChannels(codes.size.channels);
    const { scale, zeroPoint } = this.#quantizer(codes);
    return {
      [layout.CODES]: (this.#codeMaps.get(codes) as number) + firstInner(codes.size, channels),
      [layout.CODE_OFFSETS]: this.#table(codes.size, channels),
      [layout.CODE_FACTOR]: floatBits(1 / (codes.isSilu ? SILU_NORM * scale : scale)),
      [layout.ZERO_POINT]: zeroPoint,
      [layout.SILU]: codes.isSilu ? 1 : 0,
    };
  }

  /** The product of all constant factors of the producer's result; 0 for channels that only pad. */
  #baseMultipliers({ producer, size, factors }: PlanStep): Float64Array {
    const quantized = this.#quantizedOf(producer);
    const gains = factors.gains.map((path) => (this.#weights.floats.get(path) as Float32Array)[0]);
    const constant = gains.reduce((product, gain) => product * gain, factors.constant * (quantized?.input.scale ?? 1));
    const base = new Float64Array(size.channels).fill(constant);
    return quantized ? base.map((factor, o) => factor * quantized.scales[o]) : base;
  }

  /** Allocates a map of codes. Its border, which means 0, is written only here: no two maps of codes share memory. */
  #takeCodeMap(codes: CodeMap): number {
    const bytes = borderedBytes(codes.size, paddedChannels(codes.size.channels));
    const address = this.#memory.take(bytes);
    this.#memory.bytes(address, bytes).fill(this.#quantizer(codes).zeroPoint);
    return address;
  }

  #table(size: MapSize, pixelBytes: number): number {
    const key = `${size.height}x${size.width}x${pixelBytes}`;
    const known = this.#tables.get(key) ?? this.#memory.store(pixelOffsets(size, pixelBytes));
    this.#tables.set(key, known);
    return known;
  }

  #scratchBytes({ producer, source, size: { height, width } }: PlanStep): number {
    if (producer.op !== "conv" || source === "image") return 0;
    return this.#kernels.scratchBytes(this.#convolution, height, width, paddedChannels(source.size.channels), producer.kernel);
  }

  #quantizedOf(producer: PlanStep["producer"]): QuantizedConv | undefined {
    return producer.op === "conv" ? this.#weights.convolutions.get(producer.path) : undefined;
  }

  #floatMap = (map: FloatMap): number => this.#floatMaps.get(map) as number;
  #quantizer = ({ path }: CodeMap) => (this.#weights.convolutions.get(path) as QuantizedConv).input;
}

function imageFields(kind: number, { height, width, channels }: NetworkSpec, imageIn: number): StepFields {
  return { [layout.KIND]: kind, [layout.HEIGHT]: height, [layout.WIDTH]: width, [layout.OUTPUTS]: channels, [layout.SOURCE]: imageIn };
}
