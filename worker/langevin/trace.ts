/** A line that grows: it keeps at most 200 points, every second, fourth, ... of those that it is given. */
export class Trace {
  readonly points: [x: number, y: number][] = [];
  #every = 1;
  #seen = 0;

  add(x: number, y: number): void {
    if (this.#seen++ % this.#every === 0) this.points.push([x, y]);
    if (this.points.length < 200) return;
    for (let i = 0; i < 100; i++) this.points[i] = this.points[2 * i]!;
    this.points.length = 100;
    this.#every *= 2;
  }
}

/** A horizontal line. */
export const level = ([from, to]: readonly [number, number], y: number): [number, number][] => [
  [from, y],
  [to, y],
];
