import { Alert, Button, FileButton, Group, Stack, Text, Textarea } from '@mantine/core';
import { IconFileUpload, IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { SectionCard } from '../../ui/section-card.tsx';

interface ImportSourceProps {
  /** What was wrong with what was read last. */
  fault: string | null;
  /** Answers whether it could be read. */
  onRead: (text: string) => boolean;
  /** A list was imported already. */
  again: boolean;
}

const LARGEST = 20 * 1024 * 1024;

/** Paste a list, or choose a file: it is read here, in the browser. */
export function ImportSource({ fault, onRead, again }: ImportSourceProps) {
  const [text, setText] = useState('');
  const [unread, setUnread] = useState<string | null>(null);
  const read = (source: string) => {
    setUnread(null);
    if (onRead(source)) setText('');
  };
  const open = async (file: File | null) => {
    if (!file) return;
    if (file.size > LARGEST) return setUnread('A file may have at most 20 MB.');
    try {
      read(await file.text());
    } catch {
      setUnread('The file could not be read.');
    }
  };
  const message = unread ?? fault;
  return (
    <SectionCard
      title={again ? 'Another list' : 'List of tokens'}
      description="CSV with names of columns, JSON, or one token or hash in each line."
    >
      <Stack gap="md">
        <Textarea
          label="Paste it here"
          placeholder={'name,hash,last_characters\nci-deploy,$2b$10$…,x9Zq'}
          minRows={6}
          maxRows={16}
          autosize
          autoComplete="off"
          spellCheck={false}
          data-1p-ignore
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={message}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        />
        <Group gap="xs">
          <Button onClick={() => read(text)}>Read the list</Button>
          <FileButton onChange={(file) => void open(file)} accept=".csv,.tsv,.txt,.json,text/csv,application/json,text/plain">
            {(props) => (
              <Button variant="default" leftSection={<IconFileUpload size={16} aria-hidden />} {...props}>
                Choose a file…
              </Button>
            )}
          </FileButton>
        </Group>
        <Alert color="blue" variant="light" icon={<IconInfoCircle size={18} aria-hidden />}>
          <Text size="sm">
            Hashes: SHA-256 (hexadecimal or base64url) or bcrypt; bcrypt needs the last four characters of each token beside it. They are
            stored under this server’s own secret when each token is used for the first time. Prefer hashes to plain text where you have
            them.
          </Text>
        </Alert>
      </Stack>
    </SectionCard>
  );
}
