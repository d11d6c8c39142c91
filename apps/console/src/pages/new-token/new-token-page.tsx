import type { Token } from '@latchkey/api/schemas';
import { useSearch } from '@tanstack/react-router';
import { useCanChange } from '../../features/admin/use-me.ts';
import { tokenName } from '../../features/token/token-name.ts';
import { isolate } from '../../lib/format.ts';
import { trpc } from '../../lib/trpc.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { ErrorState, ForbiddenState, LoadingBlock } from '../../ui/states.tsx';
import { NewTokenForm } from './new-token-form.tsx';
import type { NewTokenSearch } from './new-token-search.ts';

export function NewTokenPage() {
  const { copyOf }: NewTokenSearch = useSearch({ strict: false });
  const canChange = useCanChange();
  const source = trpc.token.get.useQuery({ id: copyOf ?? 0 }, { enabled: copyOf !== undefined, refetchOnWindowFocus: false });
  return (
    <>
      <PageHeader title="Create token" description={source.data && `With the settings of “${isolate(tokenName(source.data.token))}”.`} />
      {canChange ? (
        <Content loading={copyOf !== undefined && source.isPending} error={source.error} source={source.data?.token ?? null} />
      ) : (
        <ForbiddenState>Administrators create tokens. Ask one of them for the token you need.</ForbiddenState>
      )}
    </>
  );
}

function Content({ loading, error, source }: { loading: boolean; error: unknown; source: Token | null }) {
  if (loading) return <LoadingBlock height={480} />;
  if (error) return <ErrorState error={error} title="The token to copy could not be read" />;
  return <NewTokenForm source={source} />;
}
