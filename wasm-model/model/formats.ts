/**
 * Every format that model files have had, and how a card is upgraded to the current one. Files of a newer, unknown
 * format are refused.
 *
 * Format 0 (the shipped models of November 2026): a card without `format`, and no checksum. Format 1: the card says
 * `format: 1`, the metadata has a checksum of everything else in the file, and `training.preset` of format 0 is now
 * `training.network`.
 */
import { asJson, clip } from "../schema/shown.ts";
import { checkedCard, FORMAT, type ModelCard, ModelError } from "./card.ts";

type JsonObject = Readonly<Record<string, unknown>>;

/** By format: upgrades the card's JSON to the next format. */
const UPGRADES: readonly ((card: JsonObject) => JsonObject)[] = [
  (card) => ({ format: 1, ...card, ...(isObject(card.training) && { training: renamed(card.training, "preset", "network") }) }),
];

function renamed(object: JsonObject, from: string, to: string): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key === from ? to : key, value]));
}

export interface StoredCard {
  /** The format of the file. */
  readonly format: number;
  /** Upgraded to the current format. */
  readonly card: ModelCard;
}

/**
 * The card in a file's metadata, upgraded. Throws a ModelError unless this version of the library or an earlier one
 * wrote it.
 */
export function readCard(json: string): StoredCard {
  let card = objectIn(json);
  const { format = 0 } = card;
  if (typeof format !== "number" || !Number.isInteger(format) || format < 0) {
    throw new ModelError(
      `Expected an integer from 0 to ${FORMAT} for \`format\` of the model's card but received ${clip(asJson(format) ?? typeof format)}`,
    );
  }
  if (format > FORMAT) {
    throw new ModelError(
      `Expected a model of format 0 to ${FORMAT} but received one of format ${format}: it was written by a newer version of Anneal`,
    );
  }
  for (const upgrade of UPGRADES.slice(format)) card = upgrade(card);
  return { format, card: checkedCard(card) };
}

function objectIn(json: string): JsonObject {
  try {
    const value: unknown = JSON.parse(json);
    if (isObject(value)) return value;
  } catch {}
  throw new ModelError("Expected a JSON object for the model's card but received something else");
}

const isObject = (value: unknown): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);
