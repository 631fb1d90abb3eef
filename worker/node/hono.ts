/** `anneal/hono` in Node. The site's files come from the package. */
import { simd } from "../../wasm-model/engine/simd.ts";
import { annealOn } from "../service/service.ts";
import { limitReading, pauseBetweenRefusals } from "./connections.ts";
import { site } from "./site.ts";

export { ready } from "../service/service.ts";
export { settingsFrom } from "../service/settings.ts";

export const anneal = annealOn({
  runtime: simd,
  site: () => site,
  async sending(c, answer) {
    await pauseBetweenRefusals(c, answer);
    limitReading(c);
  },
});
