import { ActionIcon, Button, Group, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { keepFocus } from '../../ui/keep-focus.ts';
import { useRowFocus } from '../../ui/use-row-focus.ts';
import { type PermissionValues, permissionRow } from './permission-form.ts';

interface PermissionFieldsProps {
  form: UseFormReturnType<PermissionValues>;
  disabled?: boolean;
}

/** Resources, and what may be done with each. */
export function PermissionFields({ form, disabled = false }: PermissionFieldsProps) {
  const { permissions } = form.getValues();
  const { group, focusRow } = useRowFocus(permissions);
  const add = () => {
    form.insertListItem('permissions', permissionRow());
    focusRow(permissions.length);
  };
  const remove = (index: number) => {
    form.removeListItem('permissions', index);
    focusRow(Math.max(index - 1, 0));
  };
  return (
    <Stack gap="xs" role="group" aria-label="Permissions" ref={group}>
      <Text size="sm" c="dimmed">
        What the API asks for by resource and action, such as <code>files</code> → <code>read</code>. They hold beside scopes and endpoints:
        a request needs all of them.
      </Text>
      {permissions.map(({ key }, index) => (
        <PermissionRowFields key={key} form={form} index={index} disabled={disabled} onRemove={() => remove(index)} />
      ))}
      {!disabled && (
        <Group>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            onMouseDown={keepFocus}
            onClick={add}
            data-row-add
          >
            Add permission
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function PermissionRowFields(props: { form: UseFormReturnType<PermissionValues>; index: number; disabled: boolean; onRemove: () => void }) {
  const { form, index, disabled, onRemove } = props;
  return (
    <Group gap="xs" align="flex-start" wrap="nowrap" data-row-fields>
      <Group gap="xs" align="flex-start" flex={1} miw={0}>
        <TextInput
          aria-label={`Resource ${index + 1}`}
          placeholder="files"
          flex="1 1 120px"
          miw={0}
          autoComplete="off"
          spellCheck={false}
          disabled={disabled}
          {...form.getInputProps(`permissions.${index}.resource`)}
        />
        <TagsInput
          aria-label={`Actions of resource ${index + 1}`}
          placeholder="read, write"
          flex="2 1 180px"
          miw={0}
          splitChars={[',', ' ']}
          acceptValueOnBlur
          disabled={disabled}
          {...form.getInputProps(`permissions.${index}.actions`)}
        />
      </Group>
      {!disabled && (
        <ActionIcon
          variant="subtle"
          color="gray"
          size={36}
          aria-label={`Remove permission ${index + 1}`}
          onMouseDown={keepFocus}
          onClick={onRemove}
        >
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      )}
    </Group>
  );
}
