/**
 * Writes models as ONNX: standard operators only, preconditioning inside, so that any ONNX runtime can run the file
 * alone.
 *
 * Inputs `x` [N, C, H, W], `sigma` [N], `class` [N, K] one-hot (zeros = unconditional); output `denoised` [N, C, H, W].
 * N is free. An unconditional network does not read `class`.
 */
import { finisherCounts, parametersOf } from "../../network/count.ts";
import { ENLARGED, FINISHER_NAMES, FINISHERS, type FinisherName } from "../../network/finishers.ts";
import { scoreNetwork } from "../../network/network.ts";
import type { Weights } from "../../network/quantization.ts";
import { type NetworkSpec, RGB } from "../../network/spec.ts";
import { joined, sha256Hex, toBase64 } from "../../schema/bytes.ts";
import type { ModelCard } from "../card.ts";
import { encodeMetadata, encodeModel, floatInfo, type GraphProto, type ValueInfoProto } from "./file.ts";
import { GraphWriter } from "./graph.ts";

/**
 * A model's card and weights, and those of networks that learned to finish its own images, in integers if the model is. Without
 * an enlarger the library's enlarges them. There is a matte if the card says so (`hasMatte`).
 */
export interface ModelContents extends Readonly<Partial<Record<FinisherName, Weights | undefined>>> {
  readonly card: ModelCard;
  readonly weights: Weights;
}

const OPSET = 17;
/** The version of the file format that came with opset 17. */
const IR_VERSION = 8;
const HEADER = { ir_version: IR_VERSION, opset_import: [{ domain: "", version: OPSET }], producer_name: "anneal" };
/**
 * Keys of the metadata. The card is JSON; each finisher of the model's own the base64 of its file; the checksum is the hexadecimal
 * SHA-256 of all bytes before its entry.
 */
export const CARD_KEY = "anneal.card";
export const finisherKey = (name: FinisherName): string => `anneal.${name}`;
export const CHECKSUM_KEY = "anneal.checksum";

/** The bytes of a model file: the same for the same model. Throws if a parameter is missing or of the wrong size. */
export const writeModel = (model: ModelContents): Uint8Array<ArrayBuffer> => sealed(withoutChecksum(model, JSON.stringify(model.card)));

/** A model file without its checksum. `cardText`: the card as it is stored in the metadata. */
export function withoutChecksum({ card, weights, ...finishers }: ModelContents, cardText: string) {
  const own = FINISHER_NAMES.flatMap((name) => {
    const learned = finishers[name];
    return learned ? [{ key: finisherKey(name), value: toBase64(writeFinisher(name, learned)) }] : [];
  });
  const metadata_props = [{ key: CARD_KEY, value: cardText }, ...own];
  return encodeModel({ ...HEADER, graph: graphOf(card.spec, weights), metadata_props });
}

/** What finishers make of `image` [N, 3, H, W]: what is added to its smooth enlargement, and how opaque it is, as logits. */
const OUTPUTS = {
  enlarger: floatInfo("added", ["N", RGB, `${ENLARGED}H`, `${ENLARGED}W`]),
  matte: floatInfo("logits", ["N", 1, "H", "W"]),
} as const satisfies Record<FinisherName, ValueInfoProto>;

/** A finisher's file, without a card. */
export function writeFinisher(name: FinisherName, weights: Weights): Uint8Array<ArrayBuffer> {
  const graph = new GraphWriter(weights, finisherCounts(name).parameters);
  const input = floatInfo("image", ["N", RGB, "H", "W"]);
  const written = graph.written(name, [input], OUTPUTS[name], FINISHERS[name](graph, input), true);
  return sealed(encodeModel({ ...HEADER, graph: written, metadata_props: [] }));
}

/** The file with its checksum as a further metadata entry: protobuf joins the lists of concatenated messages. */
export function sealed(file: Uint8Array): Uint8Array<ArrayBuffer> {
  return joined([file, encodeMetadata({ key: CHECKSUM_KEY, value: sha256Hex(file) })]);
}

/** Bytes that the checksum adds to a file. */
export const SEAL_LENGTH = sealed(new Uint8Array()).length;

function graphOf(spec: NetworkSpec, weights: Weights): GraphProto {
  const { channels, height, width, classes } = spec;
  const graph = new GraphWriter(weights, parametersOf(spec));
  const image = ["N", channels, height, width];
  const [x, sigma, label] = [floatInfo("x", image), floatInfo("sigma", ["N"]), floatInfo("class", ["N", classes])];
  const result = scoreNetwork(graph, spec, { x, sigma: graph.column(sigma), label });
  return graph.written("denoiser", [x, sigma, label], floatInfo("denoised", image), result);
}
