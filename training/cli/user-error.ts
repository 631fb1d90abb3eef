/**
 * Mistakes and missing things that a user can do something about. A command line prints only their message, one clear
 * line and no stack trace, and ends with exit code 2; any other error is a bug and keeps its stack trace.
 */
export class UserError extends Error {
  override name = "UserError";
}
