/** Flags that take several values: `--churn 0.85,0.95`. */
import { UserError } from "./user-error.ts";

/** A parser of the flag `name`: values between commas, each by `parse`. */
export const listOf =
  <T>(name: string, parse: (text: string) => T) =>
  (text: string): T[] => {
    const parts = text.split(",").map((part) => part.trim());
    if (parts.includes("")) throw new UserError(`Expected values with commas between them for \`${name}\` but received "${text}"`);
    return parts.map(parse);
  };
