/** The Worker under test. */
import { exports } from "cloudflare:workers";
import { released } from "./answers.ts";

const { default: worker } = exports as unknown as { readonly default: Fetcher };

/** Asks the Worker for a path, e.g. `/sample?seed=7`. */
export const ask = async (path: string, init?: RequestInit): Promise<Response> =>
  released(await worker.fetch(new Request(`https://anneal.test${path}`, init)));

export async function versionOf(name: string): Promise<string> {
  const { models } = await (await ask("/v1/models")).json<{ models: { name: string; version: string }[] }>();
  return models.find((model) => model.name === name)?.version ?? "";
}
