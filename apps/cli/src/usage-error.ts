/** What was typed cannot be done as typed. The message says what was found and what to type instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
