import { completeSetupInputSchema } from '@latchkey/api/schemas';
import { Alert, PasswordInput, Stack, TextInput } from '@mantine/core';
import { schemaResolver, useForm } from '@mantine/form';
import { IconAlertCircle } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { signIn } from '../../lib/auth.ts';
import { readFieldErrors, readRequestError } from '../../lib/request-error.ts';
import { clearSessionEnd } from '../../lib/session-end.ts';
import { trpc } from '../../lib/trpc.ts';
import { SubmitButton } from '../../ui/submit-button.tsx';
import { readSetupToken } from './read-setup-token.ts';

interface SetupFormProps {
  /** From the link; without one there is a field for it. */
  linkToken: string | null;
}

export function SetupForm({ linkToken }: SetupFormProps) {
  const [failure, setFailure] = useState<string | null>(null);
  const complete = trpc.admin.completeSetup.useMutation({ gcTime: 0 });
  const enter = useEnter();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { setupToken: linkToken ?? '', name: '', email: '', password: '' },
    validate: schemaResolver(completeSetupInputSchema, { sync: true }),
    validateInputOnBlur: true,
  });
  const submit = form.onSubmit(
    async (values) => {
      setFailure(null);
      try {
        await complete.mutateAsync({ ...values, setupToken: readSetupToken(values.setupToken) ?? '' });
        await enter(values);
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
          <Alert color="red" variant="light" role="alert" icon={<IconAlertCircle aria-hidden />}>
            {failure}
          </Alert>
        )}
        {linkToken === null && (
          <TextInput
            {...form.getInputProps('setupToken')}
            key={form.key('setupToken')}
            label="Set-up link"
            description="Latchkey printed it in the terminal when it started."
            autoComplete="off"
            spellCheck={false}
          />
        )}
        <TextInput {...form.getInputProps('name')} key={form.key('name')} label="Your name" autoComplete="name" autoFocus />
        <TextInput
          {...form.getInputProps('email')}
          key={form.key('email')}
          label="E-mail address"
          type="email"
          name="email"
          autoComplete="username"
        />
        <PasswordInput
          {...form.getInputProps('password')}
          key={form.key('password')}
          label="Password"
          name="password"
          description="At least 12 characters. A few words in a row are easy to remember and hard to guess."
          autoComplete="new-password"
          visibilityToggleButtonProps={{ 'aria-label': 'Show password' }}
        />
        <SubmitButton loading={form.submitting} fullWidth>
          Create the account
        </SubmitButton>
      </Stack>
    </form>
  );
}

/** Signs the new administrator in and opens the console. */
function useEnter() {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return async ({ email, password }: { email: string; password: string }) => {
    const result = await signIn({ email: email.trim(), password });
    clearSessionEnd();
    queryClient.clear();
    await (result.ok ? navigate({ to: '/' }) : navigate({ to: '/sign-in', search: {} }));
  };
}
