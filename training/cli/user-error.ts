/**
 * A mistake or a missing thing that the user can do something about. A command line prints only its message, one clear
 * line without a stack trace, and exits with code 2. Any other error is a bug and keeps its stack trace.
 */
export class UserError extends Error {
  override name = "UserError";
}
