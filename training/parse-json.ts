/** JSON of a file against a schema. */
import type * as z from "zod/mini";
import { UserError } from "./user-error.ts";

/** The value, with the schema's defaults. Throws a UserError that names the first field which is not as it must be. */
export function parseJson<T>(schema: z.ZodMiniType<T>, json: unknown, path: string): T {
  const { data, error } = schema.safeParse(json);
  if (!error) return data;
  const [{ path: keys, message }] = error.issues;
  const value = keys.reduce<unknown>((parent, key) => (parent as Record<PropertyKey, unknown>)[key], json);
  const name = keys.length > 0 ? `\`${keys.join(".")}\` of \`${path}\`` : `\`${path}\``;
  throw new UserError(`Expected ${message} for ${name} but received ${JSON.stringify(value) ?? "nothing"}`);
}
