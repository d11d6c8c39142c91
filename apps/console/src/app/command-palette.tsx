import { Loader, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, spotlight } from '@mantine/spotlight';
import { IconFileImport, IconKey, IconKeyboard, IconPlus, IconSearch } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useCanChange } from '../features/admin/use-me.ts';
import { findSecret } from '../features/token/find-secret.ts';
import { tokenName } from '../features/token/token-name.ts';
import { useFindToken } from '../features/token/use-find-token.ts';
import { type Outputs, trpc } from '../lib/trpc.ts';
import { usePages } from './navigation.tsx';

type FoundToken = Outputs['token']['list']['tokens'][number];

interface Command {
  id: string;
  label: string;
  icon: ReactNode;
  run: () => void;
}

/** Ctrl/⌘ K: pages, actions and tokens. A pasted secret opens its token and goes no further. */
export function CommandPalette({ onShowShortcuts }: { onShowShortcuts: () => void }) {
  const [query, setQuery] = useState('');
  const openToken = useOpenToken();
  const openBySecret = useOpenBySecret(openToken);
  const commands = useCommands(onShowShortcuts).filter(({ label }) => label.toLowerCase().includes(query.trim().toLowerCase()));
  const { tokens, isFetching } = useTokenSearch(query);

  const type = (text: string) => {
    const secret = findSecret(text);
    setQuery(secret === null ? text : '');
    if (secret !== null) void openBySecret(secret);
  };
  return (
    <Spotlight.Root
      attributes={{ content: { 'aria-label': 'Search and commands' } }}
      query={query}
      onQueryChange={type}
      shortcut="mod + K"
      scrollable
      maxHeight={420}
    >
      <Spotlight.Search
        placeholder="Go to a page or a token…"
        aria-label="Search pages, actions and tokens"
        leftSection={isFetching ? <Loader size={16} /> : <IconSearch size={18} aria-hidden />}
        autoComplete="off"
        spellCheck={false}
      />
      <Spotlight.ActionsList>
        {commands.length > 0 && (
          <Spotlight.ActionsGroup label="Go and do">
            {commands.map(({ id, label, icon, run }) => (
              <Spotlight.Action key={id} label={label} leftSection={icon} onClick={run} />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {tokens.length > 0 && (
          <Spotlight.ActionsGroup label="Tokens">
            {tokens.map((token) => (
              <Spotlight.Action
                key={token.id}
                label={tokenName(token)}
                description={`${token.start}…${token.last4} · ${token.status}`}
                leftSection={<IconKey size={18} stroke={1.7} aria-hidden />}
                onClick={() => openToken(token.id)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {commands.length === 0 && tokens.length === 0 && !isFetching && (
          <Spotlight.Empty>
            <Text size="sm">Nothing matches “{query.trim()}”.</Text>
          </Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function useCommands(onShowShortcuts: () => void): Command[] {
  const navigate = useNavigate();
  const pages = usePages();
  const canChange = useCanChange();
  const commands: Command[] = pages.map(({ to, label, icon: Icon }) => ({
    id: to,
    label,
    icon: <Icon size={18} stroke={1.7} aria-hidden />,
    run: () => void navigate({ to }),
  }));
  if (canChange) {
    commands.push({
      id: 'create',
      label: 'Create token',
      icon: <IconPlus size={18} stroke={1.7} aria-hidden />,
      run: () => void navigate({ to: '/api-tokens/new' }),
    });
    commands.push({
      id: 'import',
      label: 'Import tokens',
      icon: <IconFileImport size={18} stroke={1.7} aria-hidden />,
      run: () => void navigate({ to: '/api-tokens/import' }),
    });
  }
  commands.push({
    id: 'keys',
    label: 'Keyboard shortcuts',
    icon: <IconKeyboard size={18} stroke={1.7} aria-hidden />,
    run: onShowShortcuts,
  });
  return commands;
}

const nothing: FoundToken[] = [];

function useTokenSearch(query: string): { tokens: FoundToken[]; isFetching: boolean } {
  const [q] = useDebouncedValue(query.trim(), 150);
  const { data, isFetching } = trpc.token.list.useQuery(
    { q, limit: 6, sort: 'last_used_at', order: 'desc' },
    { enabled: q.length > 0, placeholderData: keepPreviousData },
  );
  return { tokens: q.length > 0 ? (data?.tokens ?? nothing) : nothing, isFetching };
}

function useOpenToken(): (id: number) => void {
  const navigate = useNavigate();
  return (id) => void navigate({ to: '/api-tokens/$tokenId', params: { tokenId: String(id) } });
}

function useOpenBySecret(openToken: (id: number) => void): (secret: string) => Promise<void> {
  const { find } = useFindToken();
  return async (secret) => {
    const token = await find(secret).catch(() => null);
    if (!token) return;
    spotlight.close();
    openToken(token.id);
  };
}
