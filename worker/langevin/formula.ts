/** A visitor's formula in x and y, read into functions. Nothing is run as JavaScript. */
import { HALF } from "./target.ts";

export type Formula = (x: number, y: number) => number;

/** The longest formula, in characters. */
export const LONGEST_FORMULA = 200;

const FUNCTIONS: Readonly<Record<string, (u: number) => number>> = {
  abs: Math.abs,
  cos: Math.cos,
  exp: Math.exp,
  log: Math.log,
  sin: Math.sin,
  sqrt: Math.sqrt,
  tan: Math.tan,
  tanh: Math.tanh,
};

const NAMES: Readonly<Record<string, Formula>> = { x: (x) => x, y: (_, y) => y, pi: () => Math.PI, e: () => Math.E };

/** u^v, faster for the power that people write most. */
const power = (u: number, v: number): number => (v === 2 ? u * u : u ** v);

const OPERATORS: Readonly<Record<string, (a: Formula, b: Formula) => Formula>> = {
  "+": (a, b) => (x, y) => a(x, y) + b(x, y),
  "-": (a, b) => (x, y) => a(x, y) - b(x, y),
  "*": (a, b) => (x, y) => a(x, y) * b(x, y),
  "/": (a, b) => (x, y) => a(x, y) / b(x, y),
  "^": (a, b) => (x, y) => power(a(x, y), b(x, y)),
};

/** A sentence for visitors. */
class FormulaError extends Error {}

/** The formula, or a sentence that says what is wrong with it. */
export function readFormula(text: string): Formula | string {
  if (text.length > LONGEST_FORMULA) return `A formula has at most ${LONGEST_FORMULA} characters.`;
  try {
    const formula = new Reader(text.replaceAll("**", "^")).whole();
    const gap = gapOf(formula);
    return gap ? `The formula has no value at x = ${gap[0]}, y = ${gap[1]}.` : formula;
  } catch (error) {
    if (error instanceof FormulaError) return error.message;
    throw error;
  }
}

/** What is wrong with the text of a field for a formula, which may be empty. */
export function formulaProblem(text: string): string | undefined {
  const read = text === "" ? undefined : readFormula(text);
  return typeof read === "string" ? read : undefined;
}

/** A number, a name, or another sign. */
const TOKEN = /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[a-z]+|\S/g;

/**
 * Reads a text by this grammar, in which a sign binds less than a power, so that -x^2 is -(x^2):
 *   sum = product {(+|-) product}, product = signed {(*|/) signed}, signed = (+|-) signed | atom [^ signed],
 *   atom = number | name | function (sum) | (sum)
 */
class Reader {
  readonly #text: string;
  readonly #tokens: readonly RegExpExecArray[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = [...text.matchAll(TOKEN)];
  }

  whole(): Formula {
    const sum = this.#sum();
    return this.#token === "" ? sum : this.#stop();
  }

  #sum(): Formula {
    return this.#chain(["+", "-"], () => this.#chain(["*", "/"], () => this.#signed()));
  }

  #chain(signs: readonly string[], operand: () => Formula): Formula {
    let left = operand();
    for (let sign = this.#take(...signs); sign; sign = this.#take(...signs)) left = OPERATORS[sign](left, operand());
    return left;
  }

  #signed(): Formula {
    const sign = this.#take("+", "-");
    if (sign) return OPERATORS[sign](() => 0, this.#signed());
    const base = this.#atom();
    return this.#take("^") ? OPERATORS["^"](base, this.#signed()) : base;
  }

  #atom(): Formula {
    const number = /\d/.test(this.#token) ? Number(this.#take(this.#token)) : undefined;
    if (number !== undefined) return () => number;
    const name = this.#take(...Object.keys(NAMES));
    if (name) return NAMES[name];
    const of = FUNCTIONS[this.#take(...Object.keys(FUNCTIONS)) ?? ""] ?? ((u: number) => u);
    if (!this.#take("(")) this.#stop();
    const sum = this.#sum();
    if (!this.#take(")")) this.#stop();
    return (x, y) => of(sum(x, y));
  }

  /** The next token; "" at the end. */
  get #token(): string {
    return this.#tokens[this.#at]?.[0] ?? "";
  }

  /** The next token, if it is one of these. */
  #take(...tokens: readonly string[]): string | undefined {
    return tokens.includes(this.#token) ? this.#tokens[this.#at++][0] : undefined;
  }

  #stop(): never {
    const read = this.#text.slice(0, this.#tokens[this.#at]?.index).trim();
    const words = `x, y, numbers, pi, e, + - * / ^, ${Object.keys(FUNCTIONS).join(", ")}`;
    throw new FormulaError(`The formula cannot be read after “${read}”. It is made of ${words}; a product is written as in 2*x.`);
  }
}

/** Places along each side of the plane at which a formula must have a value; the middle is one of them. */
const PLACES = 61;

/** A place of the plane at which the formula has no finite value. */
function gapOf(formula: Formula): readonly [number, number] | undefined {
  const place = (i: number) => Number((-HALF + (2 * HALF * i) / (PLACES - 1)).toFixed(1));
  for (let i = 0; i < PLACES ** 2; i++) {
    const at = [place(i % PLACES), place(Math.floor(i / PLACES))] as const;
    if (!Number.isFinite(formula(...at))) return at;
  }
  return undefined;
}
