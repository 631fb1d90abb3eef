/** Random numbers one at a time. */
import { gaussianQuantile, seedState, uniforms } from "../../wasm-model/sampling/random.ts";

export type RandomNumbers = ReturnType<typeof randomNumbers>;

/** The draws 0, 1, 2, ... of a seed. */
export function randomNumbers(seed: string) {
  const [state, numbers] = [seedState(seed), new Float64Array(1024)];
  let next = 0;
  /** Uniform in (0, 1). */
  function uniform(): number {
    const at = next++ % numbers.length;
    if (at === 0) uniforms(state, (next - 1) / numbers.length, numbers);
    return numbers[at];
  }
  /** `gaussian`: standard. */
  return { uniform, gaussian: () => gaussianQuantile(uniform()) };
}
