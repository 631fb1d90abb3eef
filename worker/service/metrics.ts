/** What a service has done so far, in the text format of Prometheus. */
import type { AnnealEvent } from "./hono.d.ts";
import type { Entry } from "./models.ts";

/** Upper bounds of the histogram, in seconds: a default image takes some 5 ms, the costliest one 80 ms. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

type Labels = Readonly<Record<string, string>>;

export class Metrics {
  /** By name and labels. */
  readonly #counts = new Map<string, number>();
  readonly #models: readonly Entry[];
  readonly #memory: (() => number) | undefined;

  /** `memory`: the bytes that the process has, where the host knows. */
  constructor(models: readonly Entry[], memory: (() => number) | undefined) {
    this.#models = models;
    this.#memory = memory;
  }

  observe({ type, model = "", code, cost, ms }: AnnealEvent): void {
    this.#add("anneal_requests_total", { type, model });
    this.#add("anneal_macs_total", { model }, cost);
    if (code !== undefined) this.#add("anneal_refusals_total", { code });
    if (type !== "drawn") return;
    const seconds = ms / 1000;
    for (const bound of BOUNDS) this.#add("anneal_drawing_seconds_bucket", { le: String(bound) }, Number(seconds <= bound));
    this.#add("anneal_drawing_seconds_bucket", { le: "+Inf" });
    this.#add("anneal_drawing_seconds_sum", {}, seconds);
    this.#add("anneal_drawing_seconds_count", {});
  }

  text(): string {
    const memory = this.#memory?.();
    return [
      this.#family("anneal_requests_total", "counter", "Requests, by outcome (as in onEvent) and model."),
      this.#family("anneal_refusals_total", "counter", "Refused requests, by the code of the problem."),
      this.#family("anneal_macs_total", "counter", "Multiply-accumulates spent, by model."),
      this.#family("anneal_drawing_seconds", "histogram", "Time until a drawn image was ready to be sent, waiting included."),
      heading("anneal_model_info", "gauge", "The models that are served."),
      ...this.#models.map(({ name, version }) => `${named("anneal_model_info", { model: name, version })} 1\n`),
      ...(memory === undefined
        ? []
        : [heading("process_resident_memory_bytes", "gauge", "Memory of the process."), `process_resident_memory_bytes ${memory}\n`]),
    ].join("");
  }

  #add(name: string, labels: Labels, more = 1): void {
    const key = named(name, labels);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + more);
  }

  #family(name: string, type: string, help: string): string {
    const lines = [...this.#counts].filter(([key]) => key.startsWith(name)).map(([key, count]) => `${key} ${count}\n`);
    return heading(name, type, help) + lines.join("");
  }
}

const heading = (name: string, type: string, help: string): string => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;

/** Values are codes, names of models and numbers, in which nothing needs escaping. */
function named(name: string, labels: Labels): string {
  const text = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return text.length > 0 ? `${name}{${text.join()}}` : name;
}
