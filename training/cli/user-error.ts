/**
 * A mistake of the user, or something missing that the user can provide. A command line prints only its message, one
 * clear line, and exits with code 2. Any other error is a bug and keeps its stack trace.
 */
export class UserError extends Error {
  override name = "UserError";
}
