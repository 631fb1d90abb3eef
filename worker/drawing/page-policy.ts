/** The one Trusted Types policy of the widget: for the address of the thread's script. */
export const TRUSTED_TYPES_POLICY = "anneal";

/** What a page must allow, as directives of its Content-Security-Policy. `server`: the origin of the script and of the models. */
export const pagePolicy = (server: string): readonly string[] => [
  `script-src ${server} 'wasm-unsafe-eval'`,
  "worker-src blob:",
  `connect-src ${server}`,
  `img-src ${server}`,
  `trusted-types ${TRUSTED_TYPES_POLICY}`,
  "require-trusted-types-for 'script'",
];
