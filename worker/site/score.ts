/** The score in terms of the network's guess, as a formula: grad_x log p_sigma(x) = (D(x, sigma) - x) / sigma^2 (Karras et al. 2022, eq. 3). */
import { raw } from "hono/html";

export const SCORE =
  raw(`<math display="block" alttext="The gradient of log p sub sigma at x equals D of x and sigma, minus x, over sigma squared">
  <msub><mi mathvariant="normal">∇</mi><mi>x</mi></msub><mspace width="0.2em"/><mi>log</mi><mspace width="0.2em"/><msub><mi>p</mi><mi>σ</mi></msub><mo stretchy="false">(</mo><mi>x</mi><mo stretchy="false">)</mo>
  <mo>=</mo>
  <mfrac><mrow><mi>D</mi><mo>(</mo><mi>x</mi><mo>,</mo><mi>σ</mi><mo>)</mo><mo>−</mo><mi>x</mi></mrow><msup><mi>σ</mi><mn>2</mn></msup></mfrac>
</math>`);
