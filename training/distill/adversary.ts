/**
 * An adversary on the teacher's maps (Sauer et al. 2024, "Fast high-resolution image synthesis with latent adversarial diffusion distillation", sections 3 and 4): small heads look at what layers of the
 * frozen teacher make of an image under noise, place by place, and learn to tell training images from the student's with the hinge loss (Lim & Ye 2017)
 *
 *   L_A = mean relu(1 - A(x)) + mean relu(1 + A(y)),   L_student = -mean A(y).
 *
 * A head is logits = w2 h + <e_k, h>, h = silu(conv3x3(map)), with e_k of the image's class k (Miyato & Koyama 2018, projection discriminator). Unlike the features of a fixed network, heads that
 * learn notice whatever the student does to please them.
 */
import type * as TF from "@tensorflow/tfjs";
import { scoreNetwork } from "../../wasm-model/network.ts";
import type { Model } from "../../wasm-model/onnx/writer.ts";
import { gaussians, seedState } from "../../wasm-model/random.ts";
import { adamStep } from "../adam.ts";
import type { Parameters } from "../parameters.ts";
import { placeWeights, type Tf, tensorOps } from "../score-network.ts";
import { normals, randomSigmas } from "./random.ts";

/** Noise levels that images are looked at under. */
const SIGMAS = [0.03, 0.6] as const;
/** Channels of a head. */
const HIDDEN = 64;

export interface AdversaryState {
  readonly weights: Parameters;
  readonly first: Parameters;
  readonly second: Parameters;
}

/** Maps of a batch, by the path of the convolution that reads them. */
export type Maps = ReadonlyMap<string, TF.Tensor>;

export class Adversary {
  private readonly tf: Tf;
  private readonly maps: (images: TF.Tensor, stream: string) => Maps;
  private readonly paths: readonly string[];
  private readonly shapes: ReadonlyMap<string, readonly number[]>;
  private readonly groups: Record<keyof AdversaryState, Map<string, TF.Variable>>;

  constructor(tf: Tf, { card: { spec }, weights }: Model, state: AdversaryState | undefined, seed: string) {
    this.tf = tf;
    const [full, half] = spec.widths;
    const watched = new Map([
      [`enc.1.${spec.encoderBlocks[1] - 1}.conv1`, half],
      ["up", half],
      ["dec.0.0.conv1", full],
      ["out", full],
    ]);
    this.paths = [...watched.keys()];
    const placed = placeWeights(tf, spec, weights.floats);
    this.maps = (images, stream) => {
      const [batch] = images.shape as [number];
      const sigma = tf.tensor2d(randomSigmas(`${stream}/adversary-sigma`, batch, SIGMAS), [batch, 1]);
      const noise = tf.mul(normals(tf, `${stream}/adversary-noise`, images.shape), tf.reshape(sigma, [-1, 1, 1, 1]));
      const found = new Map<string, TF.Tensor>();
      const ops = tensorOps(tf, placed);
      const { conv } = ops;
      ops.conv = (map, path, shape) => {
        if (watched.has(path)) found.set(path, map);
        return conv(map, path, shape);
      };
      scoreNetwork(ops, spec, { x: tf.add(tf.clipByValue(images, -1, 1), noise), sigma, label: tf.zeros([batch, spec.classes]) });
      return found;
    };
    this.shapes = new Map(
      [...watched].flatMap(([path, inputs]) => [
        [`${path}/conv`, [3, 3, inputs, HIDDEN]],
        [`${path}/bias`, [HIDDEN]],
        [`${path}/out`, [HIDDEN, 1]],
        [`${path}/class`, [spec.classes, HIDDEN]],
      ]),
    );
    const place = (group: Parameters): Map<string, TF.Variable> =>
      new Map(
        [...group].map(([path, values]) => [path, tf.variable(tf.tensor(Float32Array.from(values), [...(this.shapes.get(path) ?? [])]))]),
      );
    const { weights: heads, first, second } = state ?? this.initial(seed);
    this.groups = { weights: place(heads), first: place(first), second: place(second) };
  }

  /** What the student's pictures [B, H, W, C] should lower: -mean A(y). */
  objective(images: TF.Tensor, label: TF.Tensor, stream: string): TF.Scalar {
    const { tf } = this;
    const logits = this.logits(this.maps(images, stream), label);
    return tf.neg(
      mean(
        tf,
        logits.map((one) => tf.mean(one)),
      ),
    ) as TF.Scalar;
  }

  /** One update on pictures and as many training images; returns its loss, 2 at first and 0 where all are told apart. */
  learn(pictures: Labelled, real: Labelled, stream: string, rate: number, step: number): number {
    const { tf, groups } = this;
    const seen = [pictures, real].map(({ images }, i) =>
      tf.tidy(() => Object.fromEntries(this.maps(images, `${stream}/${i}`)) as TF.NamedTensorMap),
    );
    const [fake, true_] = seen.map((maps) => new Map(Object.entries(maps)));
    const { value, grads } = tf.variableGrads(() => {
      const hinge = (maps: Maps, label: TF.Tensor, sign: number): TF.Tensor =>
        mean(
          tf,
          this.logits(maps, label).map((one) => tf.mean(tf.relu(tf.add(tf.mul(one, sign), 1)))),
        );
      return tf.add(hinge(fake, pictures.label, 1), hinge(true_, real.label, -1)) as TF.Scalar;
    }, [...groups.weights.values()]);
    const gradients = Object.fromEntries([...groups.weights].map(([path, variable]) => [path, grads[variable.name] as TF.Tensor]));
    adamStep(tf, groups, gradients, rate, step);
    const [before] = value.dataSync();
    tf.dispose([value, grads, seen]);
    return before;
  }

  state(): AdversaryState {
    const read = (group: Map<string, TF.Variable>): Parameters =>
      new Map([...group].map(([path, variable]) => [path, Float32Array.from(variable.dataSync())]));
    return { weights: read(this.groups.weights), first: read(this.groups.first), second: read(this.groups.second) };
  }

  /** A at each place of each watched map, [B, H, W]. */
  private logits(maps: Maps, label: TF.Tensor): TF.Tensor[] {
    const { tf, groups } = this;
    const at = (path: string): TF.Tensor => groups.weights.get(path) as TF.Tensor;
    return this.paths.map((path) => {
      const map = maps.get(path) as TF.Tensor4D;
      const inputs = map.shape[3];
      const sum = tf.add(
        tf.mul(tf.conv2d(map, at(`${path}/conv`) as TF.Tensor4D, 1, "same"), 1 / Math.sqrt(9 * inputs)),
        at(`${path}/bias`),
      );
      const h = tf.mul(sum, tf.sigmoid(sum));
      const readout = tf.add(
        tf.reshape(at(`${path}/out`), [1, HIDDEN]),
        tf.matMul(label as TF.Tensor2D, at(`${path}/class`) as TF.Tensor2D),
      );
      return tf.sum(tf.mul(h, tf.reshape(tf.mul(readout, 1 / Math.sqrt(HIDDEN)), [-1, 1, 1, HIDDEN])), 3);
    });
  }

  /** Filters ~ N(0, 1), which the forward pass scales; what depends on the class begins at 0. */
  private initial(seed: string): AdversaryState {
    const group = (fill: boolean): Parameters =>
      new Map(
        [...this.shapes].map(([path, shape]) => {
          const values = new Float32Array(shape.reduce((product, n) => product * n, 1));
          if (fill && /conv$|out$/.test(path)) gaussians(seedState(`${seed}/adversary/${path}`), 0, values);
          return [path, values];
        }),
      );
    return { weights: group(true), first: group(false), second: group(false) };
  }
}

/** Images [B, H, W, C] with their classes [B, K]. */
interface Labelled {
  readonly images: TF.Tensor;
  readonly label: TF.Tensor;
}

const mean = (tf: Tf, scalars: readonly TF.Tensor[]): TF.Tensor =>
  tf.div(
    scalars.reduce((sum, one) => tf.add(sum, one)),
    scalars.length,
  );
