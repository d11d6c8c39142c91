import { hashSync } from 'bcryptjs';

/** A bcrypt hash (`$2b$`) as another system would have it; cheap, so that tests are fast. */
export function bcryptHash(text: string, cost = 4): string {
  return hashSync(text, cost);
}
