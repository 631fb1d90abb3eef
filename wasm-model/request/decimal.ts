/** Numbers as text for queries: digits and at most one point, no exponent. */

/**
 * The shortest decimal that `Number` parses to exactly this finite number, without an exponent: "0.0000001" where `String(1e-7)` gives "1e-7". -0 gives "0".
 */
export function decimalText(value: number): string {
  const [mantissa, exponent] = String(value).split("e");
  if (exponent === undefined) return mantissa;
  const [, sign, whole, fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(mantissa) as RegExpExecArray;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent); // how many digits stand before it
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, "0")}`; // 1e21 and more: all digits stand before the point
}
