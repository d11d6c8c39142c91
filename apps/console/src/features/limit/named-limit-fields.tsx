import { ActionIcon, Button, Group, NativeSelect, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { keepFocus } from '../../ui/keep-focus.ts';
import { useRowFocus } from '../../ui/use-row-focus.ts';
import { type NamedLimitValues, namedLimitRow } from './named-limit-form.ts';

interface NamedLimitFieldsProps {
  form: UseFormReturnType<NamedLimitValues>;
  disabled?: boolean;
}

const MOST = 10;

/** Limits that hold together with the rate limit: a request passes all of them or counts in none. */
export function NamedLimitFields({ form, disabled = false }: NamedLimitFieldsProps) {
  const { limits } = form.getValues();
  const { group, focusRow } = useRowFocus(limits);
  const add = () => {
    form.insertListItem('limits', namedLimitRow());
    focusRow(limits.length);
  };
  const remove = (index: number) => {
    form.removeListItem('limits', index);
    focusRow(Math.max(index - 1, 0));
  };
  return (
    <Stack gap="sm" role="group" aria-label="Further limits" ref={group}>
      <Text size="sm" c="dimmed">
        They hold together with the rate limit, such as 10 a second beside 500 a minute: a request has room in all of them, or counts in
        none.
      </Text>
      {limits.map(({ key }, index) => (
        <LimitRow key={key} form={form} index={index} disabled={disabled} onRemove={() => remove(index)} />
      ))}
      {!disabled && limits.length < MOST && (
        <Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            onMouseDown={keepFocus}
            onClick={add}
            data-row-add
          >
            Add limit
          </Button>
        </Group>
      )}
    </Stack>
  );
}

const UNITS = ['second', 'minute', 'hour', 'day'];

interface LimitRowProps {
  form: UseFormReturnType<NamedLimitValues>;
  index: number;
  disabled: boolean;
  onRemove: () => void;
}

function LimitRow({ form, index, disabled, onRemove }: LimitRowProps) {
  const row = form.getValues().limits[index];
  const units = row?.unit === 'millisecond' ? ['millisecond', ...UNITS] : UNITS;
  const at = (field: string) => ({ disabled, ...form.getInputProps(`limits.${index}.${field}`) });
  const number = index + 1;
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap" data-row-fields>
      <Group gap="xs" align="flex-start" flex={1} miw={0}>
        <TextInput
          label="Name"
          aria-label={`Name of limit ${number}`}
          placeholder="burst"
          flex="1 1 110px"
          miw={0}
          autoComplete="off"
          spellCheck={false}
          data-1p-ignore
          {...at('name')}
        />
        <NumberInput
          label="Requests"
          aria-label={`Requests of limit ${number}`}
          w={104}
          min={1}
          allowDecimal={false}
          thousandSeparator=","
          {...at('max')}
        />
        <NumberInput
          label="Per"
          aria-label={`Length of the window of limit ${number}`}
          w={72}
          min={1}
          allowDecimal={false}
          {...at('count')}
        />
        <NativeSelect
          label="Unit"
          aria-label={`Unit of the window of limit ${number}`}
          w={112}
          data={units.map((value) => ({ value, label: row?.count === 1 ? value : `${value}s` }))}
          {...at('unit')}
        />
        <NativeSelect
          label="Window"
          aria-label={`Window of limit ${number}`}
          w={104}
          data={[
            { value: 'fixed', label: 'Fixed' },
            { value: 'sliding', label: 'Sliding' },
          ]}
          {...at('algorithm')}
        />
      </Group>
      {!disabled && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          mt={25}
          aria-label={`Remove limit ${number}`}
          onMouseDown={keepFocus}
          onClick={onRemove}
        >
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  );
}
