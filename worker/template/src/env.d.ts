declare module "*.onnx" {
  const file: ArrayBuffer;
  export default file;
}

declare namespace Cloudflare {
  interface Env {
    /** A secret that uploads must carry, if it is set: `npx wrangler secret put API_TOKEN`. */
    readonly API_TOKEN?: string;
  }
}
