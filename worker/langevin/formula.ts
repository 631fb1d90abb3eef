/**
 * A visitor's formula in x and y, with its slopes by the chain rule: each part is evaluated once, with its slopes (forward-mode
 * differentiation). jsep parses it into a tree, of which such parts are made; nothing is run as JavaScript.
 */
import jsep from "jsep";
import { HALF } from "./target.ts";

/** Places that are evaluated at once: far faster than one at a time. */
export const PLACES_AT_ONCE = 64;

/** A formula, or a part of one. */
export interface Formula {
  /** Its value and its partial derivatives, at each place of the last `at`. */
  readonly value: Float64Array;
  readonly dx: Float64Array;
  readonly dy: Float64Array;
  /** Evaluates it at the first `count` places, at most PLACES_AT_ONCE. */
  at(x: Float64Array, y: Float64Array, count: number): void;
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

/** u^v, faster for the powers that people write most. */
const power: Binary = (u, v) => (v === 2 ? u * u : v === 1 ? u : v === 3 ? u * u * u : u ** v);

/** Each operator with its derivatives by the left and by the right operand. */
const OPERATORS: Readonly<Record<string, readonly [of: Binary, byLeft: Binary, byRight: Binary]>> = {
  "+": [(u, v) => u + v, () => 1, () => 1],
  "-": [(u, v) => u - v, () => 1, () => -1],
  "*": [(u, v) => u * v, (_, v) => v, (u) => u],
  "/": [(u, v) => u / v, (_, v) => 1 / v, (u, v) => -u / (v * v)],
  "^": [power, (u, v) => (v === 0 ? 0 : v * power(u, v - 1)), (u, v) => power(u, v) * Math.log(u)],
};

const part = (at: Formula["at"], [value, dx, dy] = [0, 0, 0]): Formula => {
  const filled = (number: number) => new Float64Array(PLACES_AT_ONCE).fill(number);
  return { value: filled(value), dx: filled(dx), dy: filled(dy), at };
};

const number = (value: number): Formula => part(() => {}, [value, 0, 0]);

function variable(axis: "x" | "y"): Formula {
  const made: Formula = part((x, y) => made.value.set(axis === "x" ? x : y), axis === "x" ? [0, 1, 0] : [0, 0, 1]);
  return made;
}

const NAMES: Readonly<Record<string, () => Formula>> = {
  x: () => variable("x"),
  y: () => variable("y"),
  pi: () => number(Math.PI),
  e: () => number(Math.E),
};

/** What a formula may be made of, in words. */
export const FORMULA_WORDS = `x, y, numbers, pi, e, + - * / ^, ${Object.keys(FUNCTIONS).join(", ")}`;

jsep.addBinaryOp("^", 11, true);

/** A sign binds less than a power, so -x^2 is -(x^2). To jsep itself it would be (-x)^2. */
jsep.hooks.add("gobble-token", function (env) {
  this.gobbleSpaces();
  if (this.char !== "-") return;
  this.index++;
  const argument = readPower(this);
  if (argument) env.node = { type: "UnaryExpression", operator: "-", argument };
});

function readPower(parser: jsep.HookScope): jsep.PossibleExpression {
  const left = parser.gobbleToken();
  parser.gobbleSpaces();
  if (!left || parser.char !== "^") return left;
  parser.index++;
  const right = readPower(parser);
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
  if (type === "Identifier") return named(NAMES, name, "name")();
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

function applied([of, slope]: (typeof FUNCTIONS)[string], inner: Formula): Formula {
  const made = part((x, y, count) => {
    inner.at(x, y, count);
    for (let i = 0; i < count; i++) {
      const factor = slope(inner.value[i]);
      made.value[i] = of(inner.value[i]);
      made.dx[i] = times(inner.dx[i], factor);
      made.dy[i] = times(inner.dy[i], factor);
    }
  });
  return made;
}

function combined([of, byLeft, byRight]: (typeof OPERATORS)[string], left: Formula, right: Formula): Formula {
  const made = part((x, y, count) => {
    left.at(x, y, count);
    right.at(x, y, count);
    for (let i = 0; i < count; i++) {
      const u = left.value[i];
      const v = right.value[i];
      made.value[i] = of(u, v);
      const byU = byLeft(u, v);
      const isConstant = right.dx[i] === 0 && right.dy[i] === 0; // as most exponents are
      const byV = isConstant ? 0 : byRight(u, v);
      made.dx[i] = times(left.dx[i], byU) + times(right.dx[i], byV);
      made.dy[i] = times(left.dy[i], byU) + times(right.dy[i], byV);
    }
  });
  return made;
}

/** Evaluates a formula at one place. */
export function evaluated(formula: Formula, x: number, y: number): { readonly value: number; readonly dx: number; readonly dy: number } {
  formula.at(ONE[0].fill(x), ONE[1].fill(y), 1);
  return { value: formula.value[0], dx: formula.dx[0], dy: formula.dy[0] };
}

const ONE = [new Float64Array(PLACES_AT_ONCE), new Float64Array(PLACES_AT_ONCE)] as const;

/** Places along each side of the plane at which a formula must have a value; the middle is one of them. */
const PLACES = 61;

/** A place of the plane at which the formula has no finite value. */
function gapOf(formula: Formula): readonly [number, number] | undefined {
  const place = (i: number) => Number((-HALF + (2 * HALF * i) / (PLACES - 1)).toFixed(1));
  for (let i = 0; i < PLACES ** 2; i++) {
    const at = [place(i % PLACES), place(Math.floor(i / PLACES))] as const;
    if (!Number.isFinite(evaluated(formula, ...at).value)) return at;
  }
  return undefined;
}
