import type { Row, Scene } from "../scene.ts";
import { format } from "./plane-view.ts";

/** The results of each plane in a sentence: "Exact score: distance to the law 0.05." */
export function summary({ planes }: Scene, rows: readonly Row[]): string {
  const results = rows.filter(({ isResult }) => isResult);
  const sentence = (caption: string, i: number) =>
    `${caption}: ${results.map(({ label, values }) => `${label[0]!.toLowerCase()}${label.slice(1)} ${format(values[i]!)}`).join(", ")}.`;
  return planes.map(sentence).join(" ");
}
