/** The part of WebAssembly's JavaScript interface that the engine and training use, and that Node, workerd and browsers share. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  type Module = object;
  interface Instance {
    readonly exports: object;
  }
  const Module: new (bytes: Uint8Array<ArrayBuffer>) => Module;
  const Instance: new (module: Module, imports?: { readonly env: { readonly memory: Memory } }) => Instance;
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>;
  function instantiate(module: Module): Promise<Instance>;
}
declare function atob(base64: string): string;
declare function btoa(characters: string): string;
declare class DecompressionStream {
  constructor(format: "deflate-raw");
}
declare class Response {
  constructor(body: object | undefined);
  readonly body: { pipeThrough(stream: DecompressionStream): object } | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
