/**
 * What a client accepts according to its header `Accept` (RFC 9110, section 12.5.1): a file, in the format that suits
 * it, or a stream of events.
 */
import { parseAccept } from "hono/utils/accept";
import { show } from "../../wasm-model/request/option-error.ts";
import { ProblemError } from "../http/problems.ts";
import { MEDIA_TYPES } from "./image.ts";
import type { Format } from "./query.ts";

export const EVENT_STREAM = "text/event-stream";

/** Tried in this order if the client likes them equally. */
const OTHER_FORMATS = ["svg", "apng", "json"] as const satisfies readonly Format[];

/**
 * Quality of a media type, 0 to 1: the quality of the most specific range that contains it. Everything is accepted if
 * the header is absent or has no range.
 */
function qualityOf(type: string, header: string | undefined): number {
  const ranges = parseAccept(header ?? "");
  if (ranges.length === 0) return 1;
  for (const range of [type, `${type.split("/")[0]}/*`, "*/*"]) {
    const found = ranges.find((one) => one.type.toLowerCase() === range);
    if (found) return found.q;
  }
  return 0;
}

/** Whether the client names event streams and prefers them to this type of file. */
export function prefersEvents(header: string | undefined, type: string): boolean {
  const isNamed = parseAccept(header ?? "").some((range) => range.type.toLowerCase() === EVENT_STREAM);
  return isNamed && qualityOf(EVENT_STREAM, header) > qualityOf(type, header);
}

/**
 * The format for a request that names none: PNG if it is accepted, otherwise what the client likes best; undefined if
 * it accepts none of our formats.
 */
export function acceptedFormat(header: string | undefined): Format | undefined {
  const quality = (format: Format): number => qualityOf(MEDIA_TYPES[format], header);
  if (quality("png") > 0) return "png";
  const best = OTHER_FORMATS.reduce((best, format) => (quality(format) > quality(best) ? format : best));
  if (quality(best) > 0) return best;
  return prefersEvents(header, MEDIA_TYPES.png) ? "png" : undefined; // the format of the file in the last event
}

/** The error for a request that accepts none of our formats. */
export function notAcceptable(header: string | undefined): ProblemError {
  const types = ["png", ...OTHER_FORMATS].map((format) => MEDIA_TYPES[format as Format]);
  return new ProblemError({
    status: 406,
    code: "not-acceptable",
    key: "Accept",
    expected: `one of ${[...types, EVENT_STREAM].join(", ")}`,
    received: show(header),
  });
}
