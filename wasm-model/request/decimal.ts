/** Numbers as texts that every reader of a query understands: digits and at most one point. */

/**
 * The shortest decimal that stands for exactly this finite number, without an exponent: `String(1e-7)` is "1e-7", this gives "0.0000001". So
 * `Number(decimalText(x)) === x`; of -0 it makes "0".
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
