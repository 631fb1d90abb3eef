/**
 * Turns the recorded graph into a list of steps. Each node that makes a map (convolution, down- and up-sampling)
 * becomes one step. The scalings and weighted sums after it, then silu and quantization, become the step's epilogue
 * (layout.ts). A step writes float32 if a later sum or resampling reads its map or if it is the result, and codes if a convolution
 * reads it.
 */
import { mpSumNorm } from "../network/ops.ts";
import type { NetworkGraph, Node, NodeOf } from "../network/recorder.ts";
import type { MapSize } from "./geometry.ts";

export interface PlanStep {
  readonly producer: NodeOf<"conv"> | NodeOf<"downsample" | "upsample">;
  /** What the producer reads: a map of codes, a float32 map, or the image ("in" alone). */
  readonly source: CodeMap | FloatMap | "image";
  readonly size: MapSize;
  readonly factors: Factors;
  /** Float32 maps that are added, with their weights; at most two. */
  readonly addends: readonly { readonly map: FloatMap; readonly weight: number }[];
  readonly values?: FloatMap;
  readonly codes?: CodeMap;
}

/** The factors of the producer's result: numbers, gains, and vectors (per channel or [1]) of noise level and class. */
export interface Factors {
  constant: number;
  readonly gains: string[];
  readonly vectors: Node[];
}

/** A float32 map in memory, alive from the step that writes it to the last that reads it. */
export interface FloatMap {
  readonly size: MapSize;
  readonly from: number;
  to: number;
}

/** The quantized map that the convolution `path` reads. */
export interface CodeMap {
  readonly path: string;
  readonly size: MapSize;
  readonly isSilu: boolean;
}

export interface Plan {
  readonly steps: readonly PlanStep[];
  /** Vector nodes in the order of computation. */
  readonly vectors: readonly Node[];
}

export function planOf({ nodes, output }: NetworkGraph): Plan {
  const consumers = consumersOf(nodes);
  const floatMaps = new Map<Node, FloatMap>();
  const codeMaps = new Map<Node, CodeMap>();
  const steps: PlanStep[] = [];

  const read = (node: Node): FloatMap => {
    const map = floatMaps.get(node) ?? refuseNode(node);
    map.to = steps.length;
    return map;
  };

  for (const producer of nodes) {
    if (producer.op !== "conv" && producer.op !== "downsample" && producer.op !== "upsample") continue;
    const [input] = producer.inputs;
    const source = producer.op === "conv" ? (codeMaps.get(input) ?? imageSource(input)) : read(input);
    const { value, factors, addends } = followChain(producer, consumers, floatMaps);
    const size = sizeOf(producer);
    const step: PlanStep = {
      producer,
      source,
      size,
      factors,
      addends: addends.map(({ node, weight }) => ({ map: read(node), weight })),
      ...((value === output || consumers.get(value)?.some(readsFloats)) && { values: { size, from: steps.length, to: steps.length } }),
      ...codesOf(value, consumers, codeMaps),
    };
    if (step.values) floatMaps.set(value, step.values);
    steps.push(step);
  }
  return { steps, vectors: nodes.filter(({ shape }) => shape.length === 1) };
}

/** The one map that is not quantized: the image with its constant channel. */
const imageSource = (input: Node): "image" => (input.op === "appendOne" ? "image" : refuseNode(input));

const sizeOf = ({ shape: [channels, height, width] }: Node): MapSize => ({ channels, height, width });

function consumersOf(nodes: readonly Node[]): Map<Node, Node[]> {
  const consumers = new Map<Node, Node[]>(nodes.map((node) => [node, []]));
  for (const node of nodes) for (const input of node.inputs) consumers.get(input)?.push(node);
  return consumers;
}

/** The scalings and sums after a producer, as long as nothing else reads the values in between. */
function followChain(producer: Node, consumers: Map<Node, Node[]>, floatMaps: Map<Node, FloatMap>) {
  const factors: Factors = { constant: producer.op === "downsample" ? 1 / 4 : 1, gains: [], vectors: [] };
  const addends: { node: Node; weight: number }[] = [];
  let value: Node = producer;
  for (;;) {
    const [next, ...others] = consumers.get(value) ?? [];
    if (!next || others.length > 0) break;
    if (next.op === "mpSum") {
      const [a, b] = next.inputs;
      const other = a === value ? b : a;
      if (!floatMaps.has(other)) break;
      const norm = mpSumNorm(next.t);
      const [weight, otherWeight] = a === value ? [(1 - next.t) / norm, next.t / norm] : [next.t / norm, (1 - next.t) / norm];
      factors.constant *= weight;
      for (const addend of addends) addend.weight *= weight;
      addends.push({ node: other, weight: otherWeight });
    } else if (next.op === "modulate" && addends.length === 0) factors.vectors.push(next.inputs[1]);
    else if (next.op === "gain" && addends.length === 0) factors.gains.push(next.path);
    else if (next.op !== "depthToSpace") break; // depthToSpace computes nothing: it only changes how the map is read
    value = next;
  }
  if (addends.length > 2) refuseNode(value);
  return { value, factors, addends };
}

const readsFloats = ({ op }: Node): boolean => op === "mpSum" || op === "downsample" || op === "upsample" || op === "add";

/** The codes made from `value`, directly or through silu. */
function codesOf(value: Node, consumers: Map<Node, Node[]>, codeMaps: Map<Node, CodeMap>): { codes?: CodeMap } {
  const found: CodeMap[] = [];
  const collect = (node: Node, isSilu: boolean): void => {
    for (const consumer of consumers.get(node) ?? []) {
      if (consumer.op === "silu" && !isSilu) collect(consumer, true);
      else if (consumer.op === "quantize") {
        const codes: CodeMap = { path: consumer.path, size: sizeOf(consumer), isSilu };
        codeMaps.set(consumer, codes);
        found.push(codes);
      } else if (isSilu || !readsFloats(consumer)) refuseNode(consumer);
    }
  };
  collect(value, false);
  const [codes, ...more] = found;
  if (more.length > 0) refuseNode(value);
  return codes ? { codes } : {};
}

/**
 * What multiplies the score network's image on its way in and into the result, vectors [1]: cIn in the input of "in",
 * appendOne(spaceToDepth(modulate(image, cIn))), and cSkip in the result, modulate(image, cSkip) + ....
 */
export function imageFactors({ nodes, output }: NetworkGraph): { cIn: Node; cSkip: Node } {
  const factors = nodes.filter((node) => node.op === "modulate" && node.inputs[0].op === "image");
  const [scaled, skipped] = factors;
  if (factors.length !== 2 || output.op !== "add" || !output.inputs.includes(skipped)) refuseNode(output);
  return { cIn: scaled.inputs[1], cSkip: skipped.inputs[1] };
}

/** The network uses a pattern that this planner does not support: a bug in the library, not in a model. */
function refuseNode({ op }: Node): never {
  throw new Error(`Expected a graph of convolutions with their epilogues but received \`${op}\` outside one`);
}

/** Places float32 maps in memory, which those whose lives do not overlap may share: each map's offset, and the bytes in all. */
export function allocate(maps: readonly FloatMap[], bytesOf: (map: FloatMap) => number): { offsets: Map<FloatMap, number>; bytes: number } {
  const slots: { offset: number; bytes: number; busyTo: number }[] = [];
  const offsets = new Map<FloatMap, number>();
  let end = 0;
  for (const map of [...maps].sort((a, b) => a.from - b.from)) {
    const bytes = bytesOf(map);
    const free = slots.filter((slot) => slot.busyTo < map.from && slot.bytes >= bytes).sort((a, b) => a.bytes - b.bytes);
    let [slot] = free;
    if (!slot) {
      slot = { offset: end, bytes, busyTo: 0 };
      slots.push(slot);
      end += bytes;
    }
    slot.busyTo = map.to;
    offsets.set(map, slot.offset);
  }
  return { offsets, bytes: end };
}
