import type { ReactNode } from 'react';
import { Refreshing } from '../../ui/refreshing.tsx';
import { ErrorState, LoadingBlock } from '../../ui/states.tsx';

interface CardQueryProps<Data> {
  query: { data: Data | undefined; error: unknown; isPlaceholderData?: boolean; refetch: () => unknown };
  height: number;
  children: (data: Data) => ReactNode;
}

/** A card's three states: loading, failed, there. What is there stays when a refresh fails; the page says so on top. */
export function CardQuery<Data>({ query, height, children }: CardQueryProps<Data>) {
  if (query.data !== undefined) return <Refreshing active={query.isPlaceholderData ?? false}>{children(query.data)}</Refreshing>;
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <LoadingBlock height={height} />;
}
