/** Writes the steps of a plan, and the maps, tables and weights that they refer to. */

import { SILU_NORM } from "../network/ops.ts";
import type { QuantizedConv, Weights } from "../network/quantization.ts";
import type { Node } from "../network/recorder.ts";
import type { NetworkSpec } from "../network/spec.ts";
import {
  borderedBytes,
  borderedSize,
  firstInner,
  type MapSize,
  packFilters,
  paddedChannels,
  pixelOffsets,
  suitsLargeTiles,
} from "./geometry.ts";
import * as layout from "./layout.ts";
import { type EngineKernels, floatBits, type Memory } from "./memory.ts";
import { allocate, type CodeMap, type FloatMap, type Plan, type PlanStep } from "./plan.ts";

type StepFields = Readonly<Record<number, number>>;

/** The step's multipliers are base[o] times vectors[...][o]. */
export interface Multipliers {
  readonly address: number;
  readonly base: Float64Array;
  readonly vectors: readonly Node[];
}

/** `convolution`: the algorithm of integer convolutions, DIRECT or WINOGRAD, which is WINOGRAD_4 where that is faster. */
export function stepWriter(kernels: EngineKernels, convolution: number, memory: Memory, weights: Weights, { steps }: Plan) {
  const quantizedOf = (producer: PlanStep["producer"]): QuantizedConv | undefined =>
    producer.op === "conv" ? weights.convolutions.get(producer.path) : undefined;
  const kindOf = ({ size }: CodeMap, kernel: number): number =>
    convolution === layout.WINOGRAD && kernel === 3 && suitsLargeTiles(size) ? layout.WINOGRAD_4 : convolution;
  const quantizer = ({ path }: CodeMap) => (weights.convolutions.get(path) as QuantizedConv).input;

  const strip = memory.take(Math.max(...steps.map(({ size }) => 32 * Math.ceil((size.height * size.width) / 4) * 4)));
  const scratch = memory.take(Math.max(...steps.map(scratchBytes)));
  /** Where filters are staged for packing. */
  const staging = memory.take(Math.max(...[...weights.convolutions.values()].map((conv) => conv.weights.length)));
  const { offsets, bytes } = allocate(
    steps.flatMap(({ values }) => values ?? []),
    ({ size }) => 4 * size.height * size.width * paddedChannels(size.channels),
  );
  const base = memory.take(bytes);
  const floatMap = (map: FloatMap): number => base + (offsets.get(map) as number);
  const codeMaps = new Map(steps.flatMap(({ codes }) => (codes ? [[codes, takeCodeMap(codes)] as const] : [])));
  const tables = new Map<string, number>();
  /** The image as the first convolution reads it. */
  let imageMap = 0;
  const last = steps[steps.length - 1];
  /** The address of the last step's result, a dense float32 map. */
  const result = floatMap(last.values as FloatMap);

  /** One step: its producer and its epilogue. */
  function write(address: number, step: PlanStep): Multipliers {
    const { size, values, codes, addends } = step;
    const channels = paddedChannels(size.channels);
    const multipliers = memory.take(4 * channels);
    const [first, second] = addends;
    const common: StepFields = {
      [layout.HEIGHT]: size.height,
      [layout.WIDTH]: size.width,
      [layout.OUTPUTS]: channels,
      [layout.STRIP]: strip,
      [layout.SCRATCH]: scratch,
      [layout.MULTIPLIERS]: multipliers,
      [layout.FIRST]: first ? floatMap(first.map) : 0,
      [layout.FIRST_WEIGHT]: floatBits(first?.weight ?? 0),
      [layout.SECOND]: second ? floatMap(second.map) : 0,
      [layout.SECOND_WEIGHT]: floatBits(second?.weight ?? 0),
      [layout.VALUES]: values ? floatMap(values) : 0,
      ...(codes && codeFields(codes)),
    };
    memory.writeStep(address, { ...common, ...producerFields(step) });
    packWeights(address, step);
    return { address: multipliers, base: baseMultipliers(step), vectors: step.factors.vectors };
  }

  function writeImageIn(address: number, spec: NetworkSpec, imageIn: number): void {
    const size = { height: spec.height / 2, width: spec.width / 2, channels: 4 * spec.channels + 1 };
    const pixelBytes = 4 * size.channels;
    memory.writeStep(address, {
      ...imageFields(layout.IMAGE_IN, spec, imageIn),
      [layout.IMAGE_MAP]: takeImageMap(size),
      [layout.IMAGE_MAP_ROW]: borderedSize(size.width) * pixelBytes,
      [layout.IMAGE_MAP_PIXEL]: pixelBytes,
    });
  }

  /** Allocates the map that the first convolution reads, whose last channel is 1. Returns the address of the first inner pixel. */
  function takeImageMap(size: MapSize): number {
    const pixelBytes = 4 * size.channels;
    imageMap = memory.take(borderedBytes(size, pixelBytes));
    const inner = imageMap + firstInner(size, pixelBytes);
    for (const offset of pixelOffsets(size, pixelBytes)) memory.floats(inner + offset, size.channels)[size.channels - 1] = 1; // appendOne
    return inner;
  }

  function writeImageOut(address: number, spec: NetworkSpec, imageIn: number, imageOut: number): void {
    const { size } = last;
    const pixelBytes = 4 * paddedChannels(size.channels);
    memory.writeStep(address, {
      ...imageFields(layout.IMAGE_OUT, spec, imageIn),
      [layout.IMAGE_MAP]: result,
      [layout.IMAGE_MAP_ROW]: size.width * pixelBytes,
      [layout.IMAGE_MAP_PIXEL]: pixelBytes,
      [layout.IMAGE_RESULT]: imageOut,
    });
  }

  function producerFields({ producer, source, size }: PlanStep): StepFields {
    if (producer.op !== "conv") {
      return {
        [layout.KIND]: producer.op === "downsample" ? layout.POOL : layout.UPSAMPLE,
        [layout.SOURCE]: floatMap(source as FloatMap),
      };
    }
    if (!quantizedOf(producer)) return floatConv(producer.path, size);
    return quantizedConv(source as CodeMap, size, producer.kernel);
  }

  function quantizedConv(source: CodeMap, size: MapSize, kernel: number): StepFields {
    const kind = kindOf(source, kernel);
    const inputs = paddedChannels(source.size.channels);
    const outputs = paddedChannels(size.channels);
    const map = codeMaps.get(source) as number;
    return {
      [layout.KIND]: kind,
      [layout.KERNEL]: kernel,
      [layout.INPUTS]: inputs,
      [layout.SOURCE]: kernel === 3 ? map : map + firstInner(source.size, inputs),
      [layout.SOURCE_ROW]: borderedSize(size.width) * inputs,
      [layout.SOURCE_OFFSETS]: table(size, inputs),
      [layout.WEIGHTS]: memory.take(kernels.weightBytes(kind, inputs, outputs, kernel)),
      [layout.CORRECTIONS]: memory.take(4 * outputs),
    };
  }

  /** Fills the weights and corrections of a quantized convolution. */
  function packWeights(address: number, { producer, source, size }: PlanStep): void {
    const quantized = quantizedOf(producer);
    if (!quantized) return;
    const { weights, input } = quantized;
    memory.bytes(staging, weights.length).set(weights);
    kernels.pack(address, staging, (source as CodeMap).size.channels, size.channels, input.zeroPoint);
  }

  function floatConv(path: string, size: MapSize): StepFields {
    const filters = weights.floats.get(path) as Float32Array;
    const inputs = filters.length / (9 * size.channels);
    const pixelBytes = 4 * inputs;
    return {
      [layout.KIND]: layout.CONVOLUTION_F32,
      [layout.INPUTS]: inputs,
      [layout.SOURCE]: imageMap,
      [layout.SOURCE_ROW]: borderedSize(size.width) * pixelBytes,
      [layout.SOURCE_OFFSETS]: table(size, pixelBytes),
      [layout.WEIGHTS]: memory.store(packFilters(filters, size.channels, inputs)),
    };
  }

  function codeFields(codes: CodeMap): StepFields {
    const channels = paddedChannels(codes.size.channels);
    const { scale, zeroPoint } = quantizer(codes);
    return {
      [layout.CODES]: (codeMaps.get(codes) as number) + firstInner(codes.size, channels),
      [layout.CODE_OFFSETS]: table(codes.size, channels),
      [layout.CODE_FACTOR]: floatBits(1 / (codes.isSilu ? SILU_NORM * scale : scale)),
      [layout.ZERO_POINT]: zeroPoint,
      [layout.SILU]: codes.isSilu ? 1 : 0,
    };
  }

  /** The product of all constant factors of the producer's result; 0 for channels that only pad. */
  function baseMultipliers({ producer, size, factors }: PlanStep): Float64Array {
    const quantized = quantizedOf(producer);
    const gains = factors.gains.map((path) => (weights.floats.get(path) as Float32Array)[0]);
    const constant = gains.reduce((product, gain) => product * gain, factors.constant * (quantized?.input.scale ?? 1));
    const base = new Float64Array(size.channels).fill(constant);
    return quantized ? base.map((factor, o) => factor * quantized.scales[o]) : base;
  }

  /** Allocates a map of codes. Its border, which means 0, is written only here: no two maps of codes share memory. */
  function takeCodeMap(codes: CodeMap): number {
    const bytes = borderedBytes(codes.size, paddedChannels(codes.size.channels));
    const address = memory.take(bytes);
    memory.bytes(address, bytes).fill(quantizer(codes).zeroPoint);
    return address;
  }

  function table(size: MapSize, pixelBytes: number): number {
    const key = `${size.height}x${size.width}x${pixelBytes}`;
    const known = tables.get(key) ?? memory.store(pixelOffsets(size, pixelBytes));
    tables.set(key, known);
    return known;
  }

  function scratchBytes({ producer, source, size: { height, width } }: PlanStep): number {
    if (producer.op !== "conv" || source === "image") return 0;
    const { kernel } = producer;
    return kernels.scratchBytes(kindOf(source as CodeMap, kernel), height, width, paddedChannels(source.size.channels), kernel);
  }

  return { write, writeImageIn, takeImageMap, writeImageOut, result };
}

function imageFields(kind: number, { height, width, channels }: NetworkSpec, imageIn: number): StepFields {
  return { [layout.KIND]: kind, [layout.HEIGHT]: height, [layout.WIDTH]: width, [layout.OUTPUTS]: channels, [layout.SOURCE]: imageIn };
}
