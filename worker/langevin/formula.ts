/**
 * A visitor's formula in x and y, with its slopes by the chain rule. jsep parses it into a tree, of which closures are
 * made; nothing is run as JavaScript.
 */
import jsep from "jsep";
import { HALF } from "./target.ts";

type PlaneFunction = (x: number, y: number) => number;

export interface Formula {
  readonly value: PlaneFunction;
  /** Its partial derivatives. */
  readonly dx: PlaneFunction;
  readonly dy: PlaneFunction;
}

/** The longest formula, in characters. */
export const LONGEST_FORMULA = 200;

/** Each function with its derivative. */
const FUNCTIONS: Readonly<Record<string, readonly [of: (u: number) => number, slope: (u: number) => number]>> = {
  abs: [Math.abs, Math.sign],
  cos: [Math.cos, (u) => -Math.sin(u)],
  exp: [Math.exp, Math.exp],
  log: [Math.log, (u) => 1 / u],
  sin: [Math.sin, Math.cos],
  sqrt: [Math.sqrt, (u) => 0.5 / Math.sqrt(u)],
  tan: [Math.tan, (u) => 1 + Math.tan(u) ** 2],
  tanh: [Math.tanh, (u) => 1 - Math.tanh(u) ** 2],
};

type Binary = (u: number, v: number) => number;

/** Each operator with its derivatives by the left and by the right operand. */
const OPERATORS: Readonly<Record<string, readonly [of: Binary, byLeft: Binary, byRight: Binary]>> = {
  "+": [(u, v) => u + v, () => 1, () => 1],
  "-": [(u, v) => u - v, () => 1, () => -1],
  "*": [(u, v) => u * v, (_, v) => v, (u) => u],
  "/": [(u, v) => u / v, (_, v) => 1 / v, (u, v) => -u / (v * v)],
  "^": [(u, v) => u ** v, (u, v) => (v === 0 ? 0 : v * u ** (v - 1)), (u, v) => u ** v * Math.log(u)],
};

const number = (value: number): Formula => ({ value: () => value, dx: () => 0, dy: () => 0 });

const NAMES: Readonly<Record<string, Formula>> = {
  x: { value: (x) => x, dx: () => 1, dy: () => 0 },
  y: { value: (_, y) => y, dx: () => 0, dy: () => 1 },
  pi: number(Math.PI),
  e: number(Math.E),
};

/** What a formula may be made of, in words. */
export const FORMULA_WORDS = `x, y, numbers, pi, e, + - * / ^, ${Object.keys(FUNCTIONS).join(", ")}`;

jsep.addBinaryOp("^", 11, true);

/** A sign binds less than a power, so -x^2 is -(x^2). To jsep itself it would be (-x)^2. */
jsep.hooks.add("gobble-token", function (env) {
  this.gobbleSpaces();
  if (this.char !== "-") return;
  this.index++;
  const argument = power(this);
  if (argument) env.node = { type: "UnaryExpression", operator: "-", argument };
});

function power(parser: jsep.HookScope): jsep.PossibleExpression {
  const left = parser.gobbleToken();
  parser.gobbleSpaces();
  if (!left || parser.char !== "^") return left;
  parser.index++;
  const right = power(parser);
  return right && { type: "BinaryExpression", operator: "^", left, right };
}

/** A sentence for visitors. */
class FormulaError extends Error {}

/** The formula, or a sentence that says what is wrong with it. */
export function readFormula(text: string): Formula | string {
  if (text.length > LONGEST_FORMULA) return `A formula has at most ${LONGEST_FORMULA} characters.`;
  try {
    const formula = compile(jsep(text.replaceAll("**", "^")));
    const gap = gapOf(formula);
    return gap ? `The formula has no value at x = ${gap[0]}, y = ${gap[1]}.` : formula;
  } catch (error) {
    if (error instanceof FormulaError) return error.message;
    const read = text.slice(0, (error as { index?: number }).index ?? text.length).trim();
    return `The formula cannot be read after “${read}”. Write products as in 2*x, and powers as in x^2.`;
  }
}

/** What is wrong with the text of a field for a formula, which may be empty. */
export function formulaProblem(text: string): string | undefined {
  const read = text === "" ? undefined : readFormula(text);
  return typeof read === "string" ? read : undefined;
}

function compile(node: jsep.Expression): Formula {
  const { type, name, value, operator } = node as { type: string } & Record<string, unknown>;
  const part = (key: string) => compile(node[key] as jsep.Expression);
  if (type === "Literal" && typeof value === "number") return number(value);
  if (type === "Identifier") return named(NAMES, name, "name");
  if (type === "UnaryExpression" && operator === "-") return combined(OPERATORS["-"], number(0), part("argument"));
  if (type === "UnaryExpression" && operator === "+") return part("argument");
  if (type === "BinaryExpression") return combined(named(OPERATORS, operator, "operator"), part("left"), part("right"));
  if (type === "CallExpression") {
    const { callee, arguments: given } = node as jsep.CallExpression;
    const used = named(FUNCTIONS, callee.name, "function");
    if (given.length !== 1) throw new FormulaError(`“${callee.name}” takes one number, as in ${callee.name}(x).`);
    return applied(used, compile(given[0]));
  }
  throw new FormulaError(`A formula is made of ${FORMULA_WORDS}.`);
}

function named<T>(table: Readonly<Record<string, T>>, name: unknown, kind: string): T {
  if (typeof name === "string" && Object.hasOwn(table, name)) return table[name]!;
  throw new FormulaError(`There is no ${kind} “${name}” here. A formula is made of ${FORMULA_WORDS}.`);
}

/** A slope of 0 counts as 0, even where the other factor is no number: x^2 depends on its exponent by a logarithm. */
const times = (slope: number, factor: number): number => (slope === 0 ? 0 : slope * factor);

function applied([of, slope]: (typeof FUNCTIONS)[string], { value, dx, dy }: Formula): Formula {
  return {
    value: (x, y) => of(value(x, y)),
    dx: (x, y) => times(dx(x, y), slope(value(x, y))),
    dy: (x, y) => times(dy(x, y), slope(value(x, y))),
  };
}

function combined([of, byLeft, byRight]: (typeof OPERATORS)[string], left: Formula, right: Formula): Formula {
  const along =
    (axis: "dx" | "dy"): PlaneFunction =>
    (x, y) => {
      const u = left.value(x, y);
      const v = right.value(x, y);
      return times(left[axis](x, y), byLeft(u, v)) + times(right[axis](x, y), byRight(u, v));
    };
  return { value: (x, y) => of(left.value(x, y), right.value(x, y)), dx: along("dx"), dy: along("dy") };
}

/** Places along each side of the plane at which a formula must have a value; the middle is one of them. */
const PLACES = 61;

/** A place of the plane at which the formula has no finite value. */
function gapOf({ value }: Formula): readonly [number, number] | undefined {
  const place = (i: number) => Number((-HALF + (2 * HALF * i) / (PLACES - 1)).toFixed(1));
  for (let i = 0; i < PLACES ** 2; i++) {
    const at = [place(i % PLACES), place(Math.floor(i / PLACES))] as const;
    if (!Number.isFinite(value(...at))) return at;
  }
  return undefined;
}
