import { Alert, Box, Button, Group, Modal, Stack, Tabs, Text, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconCheck, IconCopy, IconInfoCircle } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useBeforeUnload } from '../../lib/use-before-unload.ts';
import { useCopy } from '../../lib/use-copy.ts';
import { NotCopiedAlert } from '../../ui/not-copied-alert.tsx';
import { FirstRequest } from './first-request.tsx';
import classes from './secret-dialog.module.css';
import { exampleEndpoint, secretSnippets } from './secret-snippets.ts';

export interface CreatedSecret {
  id: number;
  name: string;
  /** The plain text: held here, in the state of one component, and nowhere else. */
  secret: string;
  allowedEndpoints: string[] | null;
  createdAt: string;
  /** Tokens of some types stay readable for their owner. */
  viewable: boolean;
  /** Of a token that had one before: until when that goes on, in words; `null`: it has ended. */
  rotated?: { until: string | null };
}

interface SecretDialogProps {
  created: CreatedSecret;
  onClose: () => void;
  /** Whether leaving now would lose the secret: for guards outside the dialog. */
  onUnsavedChange?: (unsaved: boolean) => void;
}

/** Shows the secret of a new token, once. Closing without having copied it has to be confirmed. */
export function SecretDialog({ created, onClose, onUnsavedChange }: SecretDialogProps) {
  const [copied, setCopied] = useState(false);
  const [asking, setAsking] = useState(false);
  const narrow = useMediaQuery('(max-width: 37.5em)', false, { getInitialValueInEffect: false });
  useBeforeUnload(!copied);
  useEffect(() => onUnsavedChange?.(!copied), [copied, onUnsavedChange]);

  return (
    <Modal
      opened
      onClose={() => (copied ? onClose() : setAsking(true))}
      title={<Text fw={600}>{created.rotated ? 'Token rotated' : 'Token created'}</Text>}
      size="lg"
      fullScreen={narrow}
      closeOnClickOutside={false}
    >
      <Stack gap="md">
        <Text size="sm">
          This is the {created.rotated && 'new '}secret of <b className="lk-wrap">{created.name}</b>.{' '}
          {created.viewable ? (
            <>
              Tokens of its type are made to be public: its owner can see it again in the portal, <b>nobody here can</b>.
            </>
          ) : (
            <>
              Store it now, in a password manager or a secret store: it is not kept anywhere in readable form and{' '}
              <b>cannot be shown again</b>.
            </>
          )}
        </Text>
        <Secret secret={created.secret} onCopied={() => setCopied(true)} />
        <Snippets created={created} onCopied={() => setCopied(true)} />
        {created.rotated ? <OldSecret until={created.rotated.until} /> : <FirstRequest tokenId={created.id} since={created.createdAt} />}
        {asking ? (
          <NotCopiedAlert
            remedy={`You would have to ${created.rotated !== undefined ? 'rotate the token again' : 'create another token'}.`}
            onBack={() => setAsking(false)}
            onLeave={onClose}
          />
        ) : (
          <Group justify="flex-end">
            <Button variant={copied ? 'filled' : 'default'} onClick={() => (copied ? onClose() : setAsking(true))}>
              {copied ? 'Done' : 'Close'}
            </Button>
          </Group>
        )}
      </Stack>
    </Modal>
  );
}

/** Requests go on coming with the old one: what is seen first says nothing about the new one. */
function OldSecret({ until }: { until: string | null }) {
  return (
    <Alert color="blue" variant="light" icon={<IconInfoCircle size={18} aria-hidden />} p="xs">
      {until === null
        ? 'The old secret is refused from now on.'
        : `The old secret works until ${until} at the latest. The token’s settings show who still uses it.`}
    </Alert>
  );
}

function Secret({ secret, onCopied }: { secret: string; onCopied: () => void }) {
  return (
    <Box className={classes.secret}>
      {/* Who selects it and copies it without the button has it, too. */}
      <code className={classes.text} data-testid="secret" onCopy={onCopied}>
        {secret}
      </code>
      <CopyText value={secret} label="Copy secret" onCopied={onCopied} autoFocus />
    </Box>
  );
}

function Snippets({ created, onCopied }: { created: CreatedSecret; onCopied: () => void }) {
  const snippets = secretSnippets(created.secret, exampleEndpoint(window.location.origin, created.allowedEndpoints));
  return (
    <Tabs defaultValue="curl" keepMounted={false}>
      <Tabs.List aria-label="Ways to use it">
        {snippets.map(({ id, label }) => (
          <Tabs.Tab key={id} value={id}>
            {label}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {snippets.map(({ id, label, code }) => (
        <Tabs.Panel key={id} value={id} pt="xs">
          <Box className={classes.snippet}>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, and the keyboard must reach it to do so */}
            <section className={classes.code} tabIndex={0} aria-label={`${label} snippet`}>
              <pre>{code}</pre>
            </section>
            <CopyText value={code} label={`Copy ${label}`} variant="default" onCopied={onCopied} />
          </Box>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

interface CopyTextProps {
  value: string;
  label: string;
  onCopied: () => void;
  variant?: 'filled' | 'default';
  autoFocus?: boolean;
}

function CopyText({ value, label, onCopied, variant = 'filled', autoFocus = false }: CopyTextProps) {
  const { state, copy } = useCopy();
  const text = { idle: label, copied: 'Copied', failed: 'Select it and copy it yourself' }[state];
  return (
    <>
      <Button
        variant={variant}
        size="sm"
        onClick={() => void copy(value).then((copied) => copied && onCopied())}
        leftSection={state === 'copied' ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        data-autofocus={autoFocus || undefined}
        className={classes.copy}
      >
        {text}
      </Button>
      <VisuallyHidden role="status">{state === 'idle' ? '' : text}</VisuallyHidden>
    </>
  );
}
