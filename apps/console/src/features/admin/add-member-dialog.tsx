import { addMemberInputSchema } from '@latchkey/api/schemas';
import { Alert, Button, Group, Modal, PasswordInput, Radio, Stack, Text, TextInput } from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import { useState } from 'react';
import { readFieldErrors, readRequestError } from '../../lib/request-error.ts';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { useAddMember } from './use-member-changes.ts';

export function AddMemberDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={<Text fw={600}>Add a member</Text>}>
      <AddMemberForm onDone={onClose} />
    </Modal>
  );
}

interface NewMember {
  name: string;
  email: string;
  role: 'admin' | 'viewer';
  password: string;
}

function AddMemberForm({ onDone }: { onDone: () => void }) {
  const [failure, setFailure] = useState<string | null>(null);
  const add = useAddMember();
  const initialValues: NewMember = { name: '', email: '', role: 'viewer', password: '' };
  const form = useForm<NewMember>({
    mode: 'uncontrolled',
    initialValues,
    validate: schemaResolver(addMemberInputSchema, { sync: true }),
    validateInputOnBlur: true,
  });
  const submit = form.onSubmit(
    async (values) => {
      setFailure(null);
      try {
        await add.mutateAsync(values);
        onDone();
      } catch (error) {
        form.setErrors(readFieldErrors(error));
        setFailure(readRequestError(error).message);
      }
    },
    (errors) => form.getInputNode(Object.keys(errors)[0] ?? '')?.focus(),
  );
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {failure && (
          <Alert color="red" variant="light" role="alert">
            {failure}
          </Alert>
        )}
        <TextInput {...form.getInputProps('name')} key={form.key('name')} label="Name" autoComplete="off" data-autofocus />
        <TextInput {...form.getInputProps('email')} key={form.key('email')} label="E-mail address" type="email" autoComplete="off" />
        <Radio.Group {...form.getInputProps('role')} key={form.key('role')} label="Role">
          <Stack gap={8} mt={6}>
            <Radio value="viewer" label="Viewer" description="Sees tokens and their use. Changes nothing." />
            <Radio value="admin" label="Administrator" description="Creates, changes and revokes tokens, and manages members." />
          </Stack>
        </Radio.Group>
        <PasswordInput
          {...form.getInputProps('password')}
          key={form.key('password')}
          label="First password"
          description="At least 12 characters."
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show password' }}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <SubmitButton loading={form.submitting}>Add member</SubmitButton>
        </Group>
      </Stack>
    </form>
  );
}
