/** The address of a file that the build gives a hash in its name. */
declare module "*?url" {
  const url: string;
  export default url;
}

/** That of the script of a Web Worker. */
declare module "*?worker&url" {
  const url: string;
  export default url;
}
