import type { Token } from '@latchkey/api/schemas';
import { useSearch } from '@tanstack/react-router';
import { trpc } from '../../lib/trpc.ts';
import { PageHeader } from '../../ui/page-header.tsx';
import { ErrorState, ForbiddenState, LoadingBlock } from '../../ui/states.tsx';
import { NewTokenForm } from './new-token-form.tsx';
import type { NewTokenSearch } from './new-token-search.ts';

export function NewTokenPage() {
  const { from }: NewTokenSearch = useSearch({ strict: false });
  const me = trpc.admin.me.useQuery();
  const source = trpc.token.get.useQuery({ id: from ?? 0 }, { enabled: from !== undefined });
  const loading = me.isPending || (from !== undefined && source.isPending);
  return (
    <>
      <PageHeader title="Create token" description={source.data ? `With the settings of “${source.data.token.name}”.` : undefined} />
      {loading ? (
        <LoadingBlock height={480} />
      ) : (
        <Content role={me.data?.role} source={source.data?.token ?? null} error={me.error ?? source.error} />
      )}
    </>
  );
}

function Content({ role, source, error }: { role: string | undefined; source: Token | null; error: unknown }) {
  if (error) return <ErrorState error={error} />;
  if (role !== 'admin') return <ForbiddenState>Administrators create tokens. Ask one of them for the token you need.</ForbiddenState>;
  return <NewTokenForm source={source} />;
}
