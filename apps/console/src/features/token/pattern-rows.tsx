import { ActionIcon, Box, Button, Group, Menu, Stack, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconCircleCheck, IconPlus, IconTrash } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { type AccessValues, patternRow } from './access-form.ts';
import { type Coverage, coverageOf, type KnownEndpoint } from './try-request.ts';

interface PatternRowsProps {
  form: UseFormReturnType<AccessValues>;
  known: readonly KnownEndpoint[];
  /** The pattern that lets the tried request through. */
  matched: string | null;
  disabled: boolean;
}

export function PatternRows({ form, known, matched, disabled }: PatternRowsProps) {
  const { patterns } = form.getValues();
  const texts = patterns.map(({ text }) => text.trim());
  const coverage = coverageOf(texts, known);
  const { group, focusRow } = useRowFocus(patterns);
  const add = (text = '') => form.insertListItem('patterns', patternRow(text));
  const addEmpty = () => {
    add();
    focusRow(patterns.length);
  };
  const remove = (index: number) => {
    form.removeListItem('patterns', index);
    focusRow(Math.max(index - 1, 0));
  };
  return (
    <Stack gap="xs" role="group" aria-label="Endpoint patterns" ref={group}>
      <Text size="sm" c="dimmed">
        A <code>*</code> at the end matches anything after it; elsewhere, one part of the path. Put methods in front to allow only those:{' '}
        <code>GET,HEAD /products*</code>.
      </Text>
      {patterns.map(({ key }, index) => (
        <PatternField
          key={key}
          form={form}
          index={index}
          coverage={known.length === 0 ? undefined : coverage.perPattern[index]}
          repeats={repetition(texts, index)}
          isMatch={matched !== null && texts.indexOf(matched) === index}
          disabled={disabled}
          onRemove={remove}
        />
      ))}
      {!disabled && (
        <Group gap="xs">
          <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={addEmpty}>
            Add pattern
          </Button>
          <FromTraffic refused={coverage.refused} onPick={add} />
        </Group>
      )}
    </Stack>
  );
}

/** Moves the focus to the field of a row once the rows have changed: a row that goes takes the focus with it, a new one wants to be filled. */
function useRowFocus(patterns: AccessValues['patterns']) {
  const group = useRef<HTMLDivElement>(null);
  const wanted = useRef<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are what it waits for
  useEffect(() => {
    if (wanted.current !== null) group.current?.querySelectorAll<HTMLInputElement>('input')[wanted.current]?.focus();
    wanted.current = null;
  }, [patterns]);
  const focusRow = (index: number) => {
    wanted.current = index;
  };
  return { group, focusRow };
}

/** The number of the earlier row that says the same, from 1; 0 where there is none. */
function repetition(texts: readonly string[], index: number): number {
  const text = texts[index];
  return text === undefined || text === '' ? 0 : texts.slice(0, index).indexOf(text) + 1;
}

function PatternField(props: {
  form: UseFormReturnType<AccessValues>;
  index: number;
  coverage: Coverage['perPattern'][number] | undefined;
  repeats: number;
  isMatch: boolean;
  disabled: boolean;
  onRemove: (index: number) => void;
}) {
  const { form, index, coverage, repeats, isMatch, disabled, onRemove } = props;
  const only = form.getValues().patterns.length === 1;
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Box flex={1} miw={0}>
        <TextInput
          aria-label={`Pattern ${index + 1}`}
          placeholder="/products*"
          spellCheck={false}
          autoComplete="off"
          maxLength={255}
          disabled={disabled}
          styles={{
            input: {
              fontFamily: 'var(--mantine-font-family-monospace)',
              ...(isMatch && {
                borderColor: 'var(--mantine-color-green-outline)',
                boxShadow: '0 0 0 1px var(--mantine-color-green-outline)',
              }),
            },
          }}
          rightSection={isMatch && <IconCircleCheck size={16} color="var(--lk-good)" aria-label="Lets the tried request through" />}
          {...form.getInputProps(`patterns.${index}.text`)}
        />
        <CoverageHint coverage={coverage} repeats={repeats} />
      </Box>
      {!disabled && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          aria-label={`Remove pattern ${index + 1}`}
          disabled={only}
          onClick={() => onRemove(index)}
        >
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  );
}

function CoverageHint({ coverage, repeats }: { coverage: readonly KnownEndpoint[] | null | undefined; repeats: number }) {
  if (repeats > 0) return <Hint warn>The same as pattern {repeats}.</Hint>;
  if (!coverage) return null;
  if (coverage.length === 0) return <Hint warn>Matches none of the endpoints called in the last 30 days.</Hint>;
  const named = coverage.slice(0, 3).map(({ method, endpoint }) => `${method} ${endpoint}`);
  const rest = coverage.length - named.length;
  return (
    <Hint>
      Covers {named.join(', ')}
      {rest > 0 && ` and ${rest} more`}
    </Hint>
  );
}

function Hint({ warn = false, children }: { warn?: boolean; children: React.ReactNode }) {
  return (
    <Text size="xs" mt={4} c={warn ? 'var(--mantine-color-yellow-light-color)' : 'dimmed'} style={{ overflowWrap: 'anywhere' }}>
      {children}
    </Text>
  );
}

/** Endpoints that are called today and that this token could not call. */
function FromTraffic({ refused, onPick }: { refused: readonly KnownEndpoint[]; onPick: (text: string) => void }) {
  if (refused.length === 0) return null;
  const asPattern = ({ method, endpoint }: KnownEndpoint) => `${method} ${endpoint.replace(/:[A-Za-z]+/g, '*')}`;
  return (
    <Menu position="bottom-start" withinPortal shadow="md" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button variant="default" size="xs">
          Add from recent traffic
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={280} style={{ overflowY: 'auto' }}>
        {refused.slice(0, 30).map((endpoint) => (
          <Menu.Item key={`${endpoint.method} ${endpoint.endpoint}`} onClick={() => onPick(asPattern(endpoint))}>
            <Text size="sm" ff="monospace">
              {endpoint.method} {endpoint.endpoint}
            </Text>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
