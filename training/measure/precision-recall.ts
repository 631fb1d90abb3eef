/** Improved precision and recall (Kynkäänniemi et al. 2019): do generated images lie where real ones do, and real ones where generated ones do? */
import type { Tf } from "../network/score-network.ts";
import { coveredShare, nearestDistances } from "./neighbours.ts";

/** k: around each point a ball that reaches to its k-th neighbour of the same set; their union stands for the set's support. */
const NEIGHBOURS = 3;

export interface PrecisionRecall {
  /** Share of the generated images in the support of the real ones. */
  readonly precision: number;
  /** Share of the real images in the support of the generated ones. */
  readonly recall: number;
}

/** Of features, two sets of rows of `size` numbers; in a set of NEIGHBOURS rows or fewer the farthest one counts as the k-th. Equal counts make the two figures comparable. */
export async function precisionRecall(tf: Tf, real: Float32Array, generated: Float32Array, size: number): Promise<PrecisionRecall> {
  const radii = (rows: Float32Array) => nearestDistances(tf, rows, rows, size, { k: Math.min(NEIGHBOURS + 1, rows.length / size) }); // the nearest is the point itself
  return {
    precision: await coveredShare(tf, generated, real, await radii(real), size),
    recall: await coveredShare(tf, real, generated, await radii(generated), size),
  };
}
