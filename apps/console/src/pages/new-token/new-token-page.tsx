import type { Token } from '@latchkey/api/schemas';
import { useSearch } from '@tanstack/react-router';
import { useCanChange } from '../../features/admin/use-me.ts';
import { type OwnerRef, parseOwner } from '../../features/owner/owner-ref.ts';
import { usePolicy } from '../../features/policy/use-policy.ts';
import { tokenName } from '../../features/token/token-name.ts';
import { isolate } from '../../lib/format.ts';
import { trpc } from '../../lib/trpc.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { ErrorState, ForbiddenState, LoadingBlock } from '../../ui/states.tsx';
import { NewTokenForm } from './new-token-form.tsx';
import type { NewTokenSearch } from './new-token-search.ts';

export function NewTokenPage() {
  const { copyOf, owner }: NewTokenSearch = useSearch({ strict: false });
  const canChange = useCanChange();
  const source = trpc.token.get.useQuery({ id: copyOf ?? 0 }, { enabled: copyOf !== undefined, refetchOnWindowFocus: false });
  return (
    <>
      <PageHeader title="Create token" description={source.data && `With the settings of “${isolate(tokenName(source.data.token))}”.`} />
      {canChange ? (
        <Content copyOf={copyOf} owner={parseOwner(owner)} source={source} />
      ) : (
        <ForbiddenState>Administrators create tokens. Ask one of them for the token you need.</ForbiddenState>
      )}
    </>
  );
}

interface ContentProps {
  copyOf: number | undefined;
  owner: OwnerRef | null;
  source: { data: { token: Token } | undefined; error: unknown };
}

function Content({ copyOf, owner, source }: ContentProps) {
  const policy = usePolicy();
  if (source.error) return <ErrorState error={source.error} title="The token to copy could not be read" />;
  if (!policy.data && policy.error) return <ErrorState error={policy.error} onRetry={() => void policy.refetch()} />;
  if (!policy.data || (copyOf !== undefined && !source.data)) return <LoadingBlock height={480} />;
  return <NewTokenForm policy={policy.data} source={source.data?.token ?? null} owner={owner} />;
}
