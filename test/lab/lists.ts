/** Lists on the laboratory's command lines. */
import { UserError } from "../../training/cli/user-error.ts";

/** A parser of the flag `name` that accepts values between commas, each parsed by `parse`. */
export const listOf =
  <T>(name: string, parse: (text: string) => T) =>
  (text: string): T[] => {
    const parts = text.split(",").map((part) => part.trim());
    if (parts.includes("")) throw new UserError(`Expected values with commas between them for \`${name}\` but received "${text}"`);
    return parts.map(parse);
  };
