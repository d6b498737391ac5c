// A command that was given wrongly: exit status 2, as for an unknown option.

export class UsageError extends Error {
  /** @param zh @param en what is wrong, and what would be right */
  constructor(zh: string, en: string) {
    super(`${zh} / ${en}`);
    this.name = 'UsageError';
  }
}
