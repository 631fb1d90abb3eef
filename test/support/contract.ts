/** An OpenAPI document as far as the tests read it. */

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly schema: { readonly enum?: readonly string[]; readonly pattern?: string; readonly examples?: readonly unknown[] };
  readonly description: string;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, unknown>>;
}

export interface Contract {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly components: { readonly schemas: { readonly Problem: { readonly required: readonly string[] } } };
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
}

/** All operations, with their places. */
export const operationsOf = ({ paths }: Contract): { path: string; operation: Operation }[] =>
  Object.entries(paths).map(([path, { get }]) => ({ path, operation: get }));
