import type { Token } from '@latchkey/api/schemas';
import { useState } from 'react';
import { GuardedSecret } from '../../features/token/guarded-secret.tsx';
import { RotateDialog } from '../../features/token/rotate-dialog.tsx';
import type { CreatedSecret } from '../../features/token/secret-dialog.tsx';
import { useInvalidateTokens } from '../../features/token/token-cache.ts';
import { tokenName } from '../../features/token/token-name.ts';
import { formatDateTime } from '../../lib/format.ts';
import { useTimeRange } from '../../lib/time-range.ts';
import type { Outputs } from '../../lib/trpc.ts';
import { useTokenView } from './use-token-view.ts';

/** From the question to the new secret, while the address says so. Lists are fetched anew once the secret is put away. */
export function RotateFlow({ token }: { token: Token }) {
  const { search, change } = useTokenView();
  const { timeZone } = useTimeRange();
  const [created, setCreated] = useState<CreatedSecret | null>(null);
  const invalidate = useInvalidateTokens();
  const finish = () => {
    setCreated(null);
    void invalidate();
    // Whether to let the secret go was asked already.
    change({ rotate: undefined }, { replace: true, ignoreBlocker: true });
  };
  const take = ({ token: rotated, secrets }: Outputs['token']['rotate']) => {
    const old = secrets.find(({ state }) => state === 'overlapping');
    setCreated({
      id: rotated.id,
      name: tokenName(rotated),
      secret: rotated.token,
      allowedEndpoints: rotated.allowedEndpoints,
      createdAt: rotated.updatedAt,
      viewable: rotated.viewable,
      rotated: { until: old?.endsAt ? formatDateTime(old.endsAt, timeZone) : null },
    });
  };
  if (created) return <GuardedSecret created={created} onClose={finish} />;
  if (!search.rotate || token.status === 'revoked') return null;
  return <RotateDialog token={token} onClose={() => change({ rotate: undefined }, { replace: true })} onRotated={take} />;
}
