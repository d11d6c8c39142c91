/** The data directory cannot be used; the message is for the person who starts Latchkey. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError';
}
