import { CloseButton, Loader, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { findSecret } from '../../features/token/find-secret.ts';
import { useFindToken } from '../../features/token/use-find-token.ts';
import { readRequestError } from '../../lib/request-error.ts';

interface TokenSearchFieldProps {
  /** What the URL says. */
  value: string;
  onSearch: (q: string) => void;
}

/** Search by name, masked text or id. A secret never gets as far as the URL: its token is looked up and opened instead. */
export function TokenSearchField({ value, onSearch }: TokenSearchFieldProps) {
  const [text, setText] = useState(value);
  const search = useDebouncedCallback(onSearch, { delay: 250 });
  const { open, isPending } = useOpenBySecret();
  // Back, forward and "Clear" change the URL from outside.
  useEffect(() => setText(value), [value]);

  const type = (next: string) => {
    const secret = findSecret(next);
    if (secret === null) {
      setText(next);
      search(next.trim());
      return;
    }
    setText('');
    search.cancel();
    void open(secret);
  };
  return (
    <TextInput
      type="search"
      aria-label="Search tokens"
      placeholder="Name, last four characters or id"
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
      leftSection={isPending ? <Loader size={16} aria-label="Looking up the secret" /> : <IconSearch size={16} aria-hidden />}
      rightSection={text && <CloseButton size="sm" aria-label="Clear search" onClick={() => type('')} />}
      autoComplete="off"
      spellCheck={false}
      maxLength={255}
      flex="1 1 240px"
      maw={420}
    />
  );
}

function useOpenBySecret() {
  const navigate = useNavigate();
  const { find, isPending } = useFindToken();
  async function open(secret: string) {
    try {
      const token = await find(secret);
      if (token) await navigate({ to: '/api-tokens/$tokenId', params: { tokenId: String(token.id) } });
      else
        notifications.show({
          color: 'yellow',
          title: 'No token has this secret',
          message: 'It may be cut short, deleted, or from somewhere else. It was not kept.',
        });
    } catch (error) {
      notifications.show({ color: 'red', title: 'The secret could not be looked up', message: readRequestError(error).message });
    }
  }
  return { open, isPending };
}
