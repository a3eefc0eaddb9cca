/** Something that whoever started the suite can put right: an option, a path, a case or subject file. Told without a stack trace. */
export class UsageError extends Error {}
