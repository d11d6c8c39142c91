import type { Guard, Refused, Verdict } from '@latchkey/bearer-auth';

/** The same guard, that tells of the requests it refuses without a usage record: no token was identified, or nothing can be recorded. */
export function watchRefusals(guard: Guard, onUnrecorded: (refused: Refused) => void): Guard {
  function look(verdict: Verdict): Verdict {
    if (verdict.kind === 'deny' && (verdict.token === null || verdict.reason === 'spool_full')) onUnrecorded(verdict);
    return verdict;
  }

  const watched: Pick<Guard, 'check'> = {
    check(request, access) {
      const verdict = guard.check(request, access);
      return verdict instanceof Promise ? verdict.then(look) : look(verdict);
    },
  };
  return Object.assign(Object.create(guard) as Guard, watched);
}
