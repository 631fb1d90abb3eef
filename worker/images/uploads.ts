/** Uploaded images: fields of a form, or a single image as the body. */
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { decodeUpload, type ModelCard, OptionError, type Pixels } from "../../wasm-model/index.ts";
import { nativeShape } from "../../wasm-model/model/card.ts";
import { show } from "../../wasm-model/request/option-error.ts";
import { unknownOption } from "../../wasm-model/request/resolve.ts";
import { MAX_UPLOAD } from "../admission/limits.ts";
import type { Work } from "../admission/work.ts";
import type { Env } from "../http/env.ts";
import { ProblemError } from "../http/problems.ts";

export type Field = "image" | "mask";

const FORM = "multipart/form-data";
const PNG = ["image/png", "image/apng"];

/** The most memory that a request's files take: once as they arrive, once as a form, once as its fields. */
const UPLOAD_BYTES = 3 * MAX_UPLOAD;

/** Milliseconds in which a body must arrive. */
const PATIENCE = 30_000;

/** Refuses larger bodies, before or while they are read. */
const limitUpload = bodyLimit({
  maxSize: MAX_UPLOAD,
  onError: () => {
    throw new ProblemError({ status: 413, code: "too-large", key: "body", expected: `at most ${MAX_UPLOAD} bytes`, received: "more" });
  },
});

/**
 * Reads the files of a request by field and makes something of them. Every field must be present, and no others. Until
 * the end they count as in flight. Throws `ProblemError` or `OptionError`.
 */
export async function uploaded<F extends Field, T>(
  c: Context<Env>,
  work: Work,
  fields: readonly F[],
  make: (files: Record<F, Uint8Array>) => Promise<T>,
): Promise<T> {
  const { end } = work.hold(c, UPLOAD_BYTES);
  try {
    return await make(await readFiles(c, fields));
  } finally {
    end();
  }
}

async function readFiles<F extends Field>(c: Context<Env>, fields: readonly F[]): Promise<Record<F, Uint8Array>> {
  let timer!: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ProblemError(TOO_SLOW)), PATIENCE);
  });
  try {
    return await Promise.race([readAll(c, fields), late]);
  } finally {
    clearTimeout(timer);
  }
}

const TOO_SLOW = {
  status: 408,
  code: "too-slow",
  key: "body",
  expected: `a body within ${PATIENCE / 1000} s`,
  received: "a part of it",
} as const;

async function readAll<F extends Field>(c: Context<Env>, fields: readonly F[]): Promise<Record<F, Uint8Array>> {
  await limitUpload(c, () => Promise.resolve()).catch((error) => {
    throw error instanceof ProblemError ? error : cutOff();
  });
  const given = c.req.header("Content-Type");
  const type = given?.split(";")[0].trim().toLowerCase();
  if (type !== undefined && PNG.includes(type) && fields.length === 1) {
    const body = new Uint8Array(
      await c.req.arrayBuffer().catch(() => {
        throw cutOff();
      }),
    );
    return Object.fromEntries(fields.map((field) => [field, body])) as Record<F, Uint8Array>;
  }
  if (type === FORM) return filesOf(await formOf(c), fields);
  const expected = fields.length === 1 ? [FORM, ...PNG].join(" or ") : FORM;
  const received = given === undefined ? "nothing" : show(given);
  throw new ProblemError({ status: 415, code: "unsupported-media-type", key: "Content-Type", expected, received });
}

/** The error if the client or its connection is lost while the body is read. */
const cutOff = (): OptionError => new OptionError("invalid-value", "body", "a complete body", "a part of it");

async function formOf(c: Context<Env>): Promise<FormData> {
  try {
    return await c.req.formData();
  } catch {
    throw new OptionError("invalid-value", "body", `a form of the type ${FORM}`, "bytes that are not one");
  }
}

async function filesOf<F extends Field>(form: FormData, fields: readonly F[]): Promise<Record<F, Uint8Array>> {
  for (const [key, value] of form) {
    if (!fields.some((field) => field === key)) throw unknownOption(key, fields, typeof value === "string" ? value : "a file");
  }
  const files: [F, Uint8Array][] = [];
  for (const field of fields) {
    const values = form.getAll(field);
    if (values.length === 0) throw new OptionError("empty-value", field, "a PNG file", "nothing");
    if (values.length > 1) throw new OptionError("repeated-option", field, "one PNG file only", `${values.length} values`);
    const [value] = values;
    if (typeof value === "string") throw new OptionError("invalid-value", field, "a PNG file", value);
    files.push([field, new Uint8Array(await value.arrayBuffer())]);
  }
  return Object.fromEntries(files) as Record<F, Uint8Array>;
}

/** Decodes an uploaded image. Throws `OptionError` that names the field. */
export function imageIn(file: Uint8Array, field: Field, card: ModelCard): Pixels {
  const { width, height, channels } = nativeShape(card);
  return refusing(field, `a PNG file of ${width}x${height} pixels`, () =>
    decodeUpload(file, { width, height, channels: field === "mask" ? 1 : channels }),
  );
}

/** Returns the result of `read` and turns its `RangeError` into an `OptionError` that names the field. */
export function refusing<T>(field: Field, expected: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) throw new OptionError("invalid-value", field, expected, error.message);
    throw error;
  }
}
