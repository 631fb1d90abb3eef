/**
 * The WASM backend, which runs everywhere: in Node and in a page's worker. It has kernels of our own: convolutions, their gradients, products of transposed matrices
 * and operations on maps (assembly/), which the backend lacks or computes several times slower. They read and write its tensors
 * where they lie, in its memory.
 *
 * Maximum error: 3e-5 of the largest element, for sums of up to 4096 products, measured against plain loops in double
 * precision.
 */
import type * as TF from "@tensorflow/tfjs";
import { MAX_CODE } from "../../wasm-model/network/quantization.ts";
import { fromBase64 } from "../../wasm-model/schema/bytes.ts";
import { MAP_KERNELS, SILU_GAIN, TINY } from "../network/maps.ts";
import type { Tf } from "../network/score-network.ts";
import { PLAIN, RELAXED } from "./dist/kernels.ts";
import { type Backend, eager } from "./step.ts";

export type KernelFunc = TF.KernelConfig["kernelFunc"];

const BACKEND = "wasm";

/** The parts of tfjs's WASM backend that are used here. */
interface WasmBackend {
  readonly wasm: { readonly asm: { readonly memory: WebAssembly.Memory }; _malloc(bytes: number): number; _free(address: number): void };
  getMemoryOffset(data: object): number;
  incRef(data: object): void;
  makeOutput(shape: readonly number[], type: "float32"): TF.TensorInfo;
}

/** A convolution's sizes: kernel, images, height, width, inputs, outputs. */
type Sizes = readonly number[];

/** assembly/index.ts. Maps, filters and scratch are addresses. */
export interface BackendKernels {
  convolutionScratch(...sizes: Sizes): number;
  gradientScratch(...sizes: Sizes): number;
  convolve(...arguments_: [x: number, w: number, y: number, ...sizes: Sizes, isTurned: number, scratch: number]): void;
  filterGradient(...arguments_: [x: number, dy: number, dw: number, ...sizes: Sizes, scratch: number]): void;
  silu(x: number, y: number, count: number, gain: number): void;
  siluGradient(x: number, dy: number, dx: number, count: number, gain: number, bound: number): void;
  clipGradient(x: number, dy: number, dx: number, count: number, bound: number): void;
  weightedSum(a: number, b: number, output: number, count: number, ofA: number, ofB: number): void;
  modulate(x: number, v: number, y: number, images: number, pixels: number, channels: number): void;
  modulateGradient(...arguments_: [x: number, v: number, dy: number, dx: number, dv: number, ...size: number[]]): void;
  pool(x: number, y: number, images: number, height: number, width: number, channels: number, factor: number): void;
  repeat(x: number, y: number, images: number, height: number, width: number, channels: number, factor: number): void;
  throughCodes(x: number, y: number, count: number, most: number, tiny: number): void;
}

/** A kernel for what it is made for; for anything else it returns undefined. */
type OwnKernel = (call: Parameters<KernelFunc>[0], own: OwnKernels) => TF.TensorInfo | TF.TensorInfo[] | undefined;

/** Activates it. "@tensorflow/tfjs-backend-wasm" is imported and knows where its files are. Throws if it does not start. */
export async function wasmBackend(tf: typeof TF, describe: string): Promise<Backend> {
  registerWasmKernels(tf);
  if (!(await tf.setBackend("wasm"))) throw new Error("Expected the wasm backend of TensorFlow.js to start but it did not");
  return { tf, name: "wasm", describe, compile: (_, compute) => eager(tf, compute) };
}

/** Registers the kernels, once. Throws unless "@tensorflow/tfjs-backend-wasm" was imported; it need not be initialized. */
export function registerWasmKernels(tf: Tf): void {
  if (tf.getKernel(tf.Conv2DBackpropFilter, BACKEND) !== undefined) return;
  let own: OwnKernels | undefined;
  const register = (kernelName: string, kernel: OwnKernel, builtIn?: TF.KernelConfig): void => {
    const kernelFunc: KernelFunc = (call) => {
      const backend = call.backend as WasmBackend;
      if (own?.backend !== backend) own = kernelsIn(backend);
      const output = kernel(call, own) ?? builtIn?.kernelFunc(call);
      if (!output) throw new Error(`Expected stride 1, padding "same" and filters of 1x1 or 3x3 for \`${kernelName}\` but received others`);
      return output;
    };
    tf.registerKernel({ ...builtIn, kernelName, backendName: BACKEND, kernelFunc });
  };
  const replace = (kernelName: string, kernel: OwnKernel): void => {
    const builtIn = tf.getKernel(kernelName, BACKEND);
    if (!builtIn) throw new Error(`Expected the kernels of "@tensorflow/tfjs-backend-wasm" in \`tf\` but received no ${kernelName} for it`);
    tf.unregisterKernel(kernelName, BACKEND);
    register(kernelName, kernel, builtIn);
  };
  replace(tf.BatchMatMul, batchMatMul);
  replace(tf.Identity, shareValues);
  replace(tf.Conv2D, convolutionOf("x"));
  replace(tf.Conv2DBackpropInput, convolutionOf("dy"));
  register(tf.Conv2DBackpropFilter, conv2DBackpropFilter);
  for (const [name, kernel] of Object.entries(ON_MAPS))
    register(MAP_KERNELS[name as keyof typeof MAP_KERNELS], ({ inputs, attrs }, own) =>
      kernel(inputs as MapInputs, attrs as unknown as Numbers, own),
    );
}

type OwnKernels = ReturnType<typeof kernelsIn>;

/** The kernels, working in a backend's memory. */
function kernelsIn(backend: WasmBackend) {
  const { wasm } = backend;
  const relaxed = fromBase64(RELAXED);
  const module = new WebAssembly.Module(WebAssembly.validate(relaxed) ? relaxed : fromBase64(PLAIN));
  const kernels = new WebAssembly.Instance(module, { env: { memory: wasm.asm.memory } }).exports as unknown as BackendKernels;
  const at = ({ dataId }: TF.TensorInfo): number => backend.getMemoryOffset(dataId);

  function computed(shape: readonly number[], scratchBytes: number, compute: (output: number, scratch: number) => void): TF.TensorInfo {
    const output = backend.makeOutput(shape, "float32");
    const scratch = wasm._malloc(scratchBytes);
    if (scratch === 0) throw new RangeError(`Expected ${scratchBytes} bytes of memory for a convolution but there are fewer`);
    compute(at(output), scratch);
    wasm._free(scratch);
    return output;
  }

  return {
    backend,

    /** x * w; or, if `isTurned`, the gradient by the input of the convolution with w, where x is that by its output. */
    convolve: (x: TF.TensorInfo, w: TF.TensorInfo, sizes: Sizes, shape: readonly number[], isTurned: boolean): TF.TensorInfo =>
      computed(shape, kernels.convolutionScratch(...sizes), (y, scratch) =>
        kernels.convolve(at(x), at(w), y, ...sizes, Number(isTurned), scratch),
      ),

    /** The gradient by the filters of x * w. */
    filterGradient: (x: TF.TensorInfo, dy: TF.TensorInfo, sizes: Sizes, shape: readonly number[]): TF.TensorInfo =>
      computed(shape, kernels.gradientScratch(...sizes), (dw, scratch) => kernels.filterGradient(at(x), at(dy), dw, ...sizes, scratch)),

    /** New tensors of these shapes, which `write` fills at their addresses. */
    written<Shapes extends readonly (readonly number[])[]>(
      shapes: Shapes,
      write: (kernels: BackendKernels, ...addresses: { [I in keyof Shapes]: number }) => void,
    ): TF.TensorInfo[] {
      const outputs = shapes.map((shape) => backend.makeOutput(shape, "float32"));
      write(kernels, ...(outputs.map(at) as { [I in keyof Shapes]: number }));
      return outputs;
    },
    at,
  };
}

type Shape4D = [number, number, number, number];

/** Whether it is one of our convolutions. */
function isOurs([kernelHeight, kernelWidth]: readonly number[], attrs: TF.NamedAttrMap | undefined): boolean {
  const { strides, pad, dilations = 1 } = attrs as unknown as TF.Conv2DAttrs;
  const isOne = [strides, dilations].flat().every((step) => step === 1);
  return isOne && pad === "same" && kernelHeight === kernelWidth && (kernelHeight === 1 || kernelHeight === 3);
}

/** The convolution of x; or, of dy, its gradient by its input. */
const convolutionOf =
  (name: "x" | "dy"): OwnKernel =>
  ({ inputs, attrs }, own) => {
    const { [name]: maps, filter } = inputs as Record<typeof name | "filter", TF.TensorInfo>;
    const [images, height, width] = maps.shape as Shape4D;
    const [kernel, , ...channels] = filter.shape as Shape4D;
    const [from, to] = name === "x" ? channels : channels.toReversed();
    if (!isOurs(filter.shape, attrs)) return undefined;
    return own.convolve(maps, filter, [kernel, images, height, width, from, to], [images, height, width, to], name === "dy");
  };

function conv2DBackpropFilter({ inputs, attrs }: Parameters<KernelFunc>[0], own: OwnKernels): TF.TensorInfo | undefined {
  const { x, dy } = inputs as Record<"x" | "dy", TF.TensorInfo>;
  const { filterShape } = attrs as unknown as TF.Conv2DBackpropFilterAttrs;
  const [images, height, width, from] = x.shape as Shape4D;
  if (!isOurs(filterShape, attrs)) return undefined;
  return own.filterGradient(x, dy, [filterShape[0], images, height, width, from, filterShape[3]], filterShape);
}

const sizeOf = ({ shape }: TF.TensorInfo): number => shape.reduce((product, size) => product * size, 1);

/** The backend's own copies the values. Tensors never change, so these share them. */
function shareValues({ inputs, backend }: Parameters<KernelFunc>[0]): TF.TensorInfo | undefined {
  const { dataId, shape, dtype } = inputs.x as TF.TensorInfo;
  if (dtype === "string") return undefined;
  (backend as WasmBackend).incRef(dataId);
  return { dataId, shape, dtype };
}

type MapInputs = Readonly<Record<"x" | "dy" | "v" | "a" | "b", TF.TensorInfo>>;
type Numbers = Readonly<Record<"bound" | "factor" | "ofA" | "ofB", number>>;

const ON_MAPS: Readonly<Record<keyof typeof MAP_KERNELS, (inputs: MapInputs, numbers: Numbers, own: OwnKernels) => TF.TensorInfo[]>> = {
  silu: ({ x }, _, { at, written }) => written([x.shape], (own, y) => own.silu(at(x), y, sizeOf(x), SILU_GAIN)),
  siluGradient: ({ x, dy }, { bound }, { at, written }) =>
    written([x.shape], (own, dx) => own.siluGradient(at(x), at(dy), dx, sizeOf(x), SILU_GAIN, bound)),
  clipGradient: ({ x, dy }, { bound }, { at, written }) =>
    written([x.shape], (own, dx) => own.clipGradient(at(x), at(dy), dx, sizeOf(x), bound)),
  weightedSum: ({ a, b }, { ofA, ofB }, { at, written }) =>
    written([a.shape], (own, y) => own.weightedSum(at(a), at(b), y, sizeOf(a), ofA, ofB)),
  modulate: ({ x, v }, _, { at, written }) => written([x.shape], (own, y) => own.modulate(at(x), at(v), y, ...rowsOf(x))),
  modulateGradient: ({ x, v, dy }, _, { at, written }) =>
    written([x.shape, v.shape], (own, dx, dv) => own.modulateGradient(at(x), at(v), at(dy), dx, dv, ...rowsOf(x))),
  pool({ x }, { factor }, { at, written }) {
    const [images, height, width, channels] = x.shape as Shape4D;
    const shape: Shape4D = [images, height / 2, width / 2, channels];
    return written([shape], (own, y) => own.pool(at(x), y, ...shape, factor));
  },
  repeat({ x }, { factor }, { at, written }) {
    const [images, height, width, channels] = x.shape as Shape4D;
    return written([[images, 2 * height, 2 * width, channels]], (own, y) => own.repeat(at(x), y, images, height, width, channels, factor));
  },
  throughCodes: ({ x }, _, { at, written }) => written([x.shape], (own, y) => own.throughCodes(at(x), y, sizeOf(x), MAX_CODE, TINY)),
};

/** Images, pixels of one, channels. */
const rowsOf = ({ shape: [images, height, width, channels] }: TF.TensorInfo): [number, number, number] => [
  images,
  height * width,
  channels,
];

/** a b^T and a^T b of matrices, the gradients of a b: those of a 1x1 convolution of rows. */
function batchMatMul({ inputs, attrs }: Parameters<KernelFunc>[0], own: OwnKernels): TF.TensorInfo | undefined {
  const { a, b } = inputs as Record<"a" | "b", TF.TensorInfo>;
  const { transposeA, transposeB } = attrs as unknown as TF.BatchMatMulAttrs;
  const batch = a.shape.slice(0, -2);
  if (transposeA === transposeB || ![...batch, ...b.shape.slice(0, -2)].every((size) => size === 1)) return undefined;
  const [[rows, columns], [bRows, bColumns]] = [a, b].map(({ shape }) => shape.slice(-2));
  if (transposeB) return own.convolve(a, b, [1, rows, 1, 1, columns, bRows], [...batch, rows, bRows], true);
  return own.filterGradient(a, b, [1, rows, 1, 1, columns, bColumns], [...batch, columns, bColumns]);
}
