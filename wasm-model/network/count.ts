/**
 * A network's parameters and cost, found by running the score network over shapes alone. Shapes are checked as they are
 * recorded, so a wrong architecture fails here, before any interpreter computes with it.
 */

import { ENLARGED, ENLARGER_CHANNELS, enlargerNetwork } from "./enlarger.ts";
import { CHANGES, logVariance, scoreNetwork } from "./network.ts";
import type { ConvShape, Ops } from "./ops.ts";
import type { NetworkSpec } from "./spec.ts";

export interface Parameter {
  /** conv [outputs, inputs, kernel, kernel], linear [outputs, inputs], gain [], constant [features]. */
  readonly shape: readonly number[];
  /**
   * `conv` and `linear` filters are learned at unit norm per output, a `gain` is learned freely, a `constant` is drawn
   * once.
   */
  readonly kind: "conv" | "linear" | "gain" | "constant";
  /** Used in training only, so not exported. */
  readonly trainingOnly?: boolean;
}

/**
 * Every parameter of the network by its path, in the order of first use. Throws if the architecture's shapes do not
 * fit.
 */
export function parametersOf(spec: NetworkSpec): Map<string, Parameter> {
  const inference = run(spec).parameters;
  const recorder = run(spec, [CHANGES]);
  logVariance(recorder, spec, [1]);
  const entries = [...recorder.parameters].map(([path, parameter]): [string, Parameter] => [
    path,
    inference.has(path) ? parameter : { ...parameter, trainingOnly: true },
  ]);
  return new Map(entries);
}

const counted = new WeakMap<NetworkSpec, number>();

/**
 * Multiply-accumulates of convolutions and linear layers in one evaluation of one image. Counted once for each spec.
 */
export function macsOf(spec: NetworkSpec): number {
  const known = counted.get(spec);
  if (known !== undefined) return known;
  const { macs } = run(spec);
  counted.set(spec, macs);
  return macs;
}

/** Paths of the quantization points, one per quantized convolution, in the order of evaluation. */
export function quantizedPathsOf(spec: NetworkSpec): string[] {
  return [...run(spec).quantized];
}

function run(spec: NetworkSpec, change?: Shape): ShapeRecorder {
  const recorder = new ShapeRecorder();
  const image = [spec.channels, spec.height, spec.width];
  const denoised = scoreNetwork(recorder, spec, { x: image, sigma: [1], label: [spec.classes], change });
  expectSame(denoised, image, "denoised");
  return recorder;
}

export interface EnlargerCounts {
  /** As `parametersOf`, `quantizedPathsOf` and `macsOf`. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly quantized: readonly string[];
  readonly macs: number;
}

/** The enlarger's parameters, which do not depend on the size, and its cost for an image of this size. */
export function enlargerCounts(height: number, width: number): EnlargerCounts {
  const recorder = new ShapeRecorder();
  const enlarged = enlargerNetwork(recorder, [ENLARGER_CHANNELS, height, width]);
  expectSame(enlarged, [ENLARGER_CHANNELS, ENLARGED * height, ENLARGED * width], "enlarged");
  return { parameters: recorder.parameters, quantized: [...recorder.quantized], macs: recorder.macs };
}

/** Shape of one image's share: a map [C, H, W] or a vector [D]. */
export type Shape = readonly number[];

class ShapeRecorder implements Ops<Shape> {
  readonly parameters = new Map<string, Parameter>();
  readonly quantized = new Set<string>();
  macs = 0;

  affine = (v: Shape): Shape => v;
  reciprocalSqrt = (v: Shape): Shape => v;
  log = (v: Shape): Shape => v;
  silu = (x: Shape): Shape => x;
  product = (u: Shape, v: Shape): Shape => expectSame(u, v, "product");
  mpSum = (a: Shape, b: Shape): Shape => expectSame(a, b, "mpSum");
  add = (a: Shape, b: Shape): Shape => expectSame(a, b, "add");

  fourier(v: Shape, path: string, features: number): Shape {
    expectSame(v, [1], path);
    this.#declare(`${path}.frequencies`, { shape: [features], kind: "constant" });
    this.#declare(`${path}.phases`, { shape: [features], kind: "constant" });
    return [features];
  }

  linear(v: Shape, path: string, inputs: number, outputs: number): Shape {
    expectSame(v, [inputs], path);
    this.#declare(path, { shape: [outputs, inputs], kind: "linear" });
    this.macs += outputs * inputs;
    return [outputs];
  }

  gain(x: Shape, path: string): Shape {
    this.#declare(path, { shape: [], kind: "gain" });
    return x;
  }

  modulate(x: Shape, v: Shape): Shape {
    const [channels] = expectMap(x, "modulate");
    return v.length === 1 && (v[0] === 1 || v[0] === channels) ? x : fail("modulate", `[1] or [${channels}]`, v);
  }

  spaceToDepth(x: Shape): Shape {
    const [channels, height, width] = expectMap(x, "spaceToDepth");
    return [4 * channels, ...expectEven("spaceToDepth", height, width)];
  }

  depthToSpace(x: Shape): Shape {
    const [channels, height, width] = expectMap(x, "depthToSpace");
    return channels % 4 === 0 ? [channels / 4, 2 * height, 2 * width] : fail("depthToSpace", "4 C channels", x);
  }

  appendOne(x: Shape): Shape {
    const [channels, height, width] = expectMap(x, "appendOne");
    return [channels + 1, height, width];
  }

  downsample(x: Shape): Shape {
    const [channels, height, width] = expectMap(x, "downsample");
    return [channels, ...expectEven("downsample", height, width)];
  }

  upsample(x: Shape): Shape {
    const [channels, height, width] = expectMap(x, "upsample");
    return [channels, 2 * height, 2 * width];
  }

  quantize(x: Shape, path: string): Shape {
    if (this.quantized.has(path)) throw new Error(`Expected one quantization point per path but received \`${path}\` twice`);
    this.quantized.add(path);
    return x;
  }

  conv(x: Shape, path: string, { inputs, outputs, kernel }: ConvShape): Shape {
    const [channels, height, width] = expectMap(x, path);
    if (channels !== inputs) fail(path, `${inputs} channels`, x);
    this.#declare(path, { shape: [outputs, inputs, kernel, kernel], kind: "conv" });
    this.macs += outputs * inputs * kernel * kernel * height * width;
    return [outputs, height, width];
  }

  #declare(path: string, parameter: Parameter): void {
    const known = this.parameters.get(path);
    if (known) expectSame(parameter.shape, known.shape, path);
    else this.parameters.set(path, parameter);
  }
}

function fail(name: string, expected: string, shape: Shape): never {
  throw new Error(`Expected shape ${expected} for \`${name}\` but received [${shape}]`);
}

function expectSame(shape: Shape, expected: Shape, name: string): Shape {
  return shape.join() === expected.join() ? shape : fail(name, `[${expected}]`, shape);
}

function expectMap(shape: Shape, name: string): readonly [number, number, number] {
  const [channels, height, width, ...rest] = shape;
  if (channels === undefined || height === undefined || width === undefined || rest.length > 0) return fail(name, "[C, H, W]", shape);
  return [channels, height, width];
}

function expectEven(name: string, height: number, width: number): [number, number] {
  return height % 2 === 0 && width % 2 === 0 ? [height / 2, width / 2] : fail(name, "of even height and width", [height, width]);
}
