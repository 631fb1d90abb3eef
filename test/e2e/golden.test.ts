/**
 * The same bytes everywhere: the golden images of the default model, and of one of cut-outs with a palette, in browsers, with either build of the engine. In
 * this Node: test/golden/golden.test.ts. In workerd: test/worker. In other Nodes, in WebKit and on ARM64: test/slow.
 * All models: `npm run verify`.
 */
import { it } from "vitest";
import { DEFAULT_MODEL } from "../../wasm-model/model/model.ts";
import { FIXTURE } from "../golden/golden.ts";
import { expectReleased, PLACES } from "../verify/places.ts";

const HERE = ["Chromium", "Firefox"];
const MODELS = [DEFAULT_MODEL, FIXTURE];

it.each(PLACES.filter(({ name }) => HERE.includes(name)))("$name", (place) => expectReleased(place, MODELS));
