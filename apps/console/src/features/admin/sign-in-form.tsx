import { Alert, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconAlertCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { signIn } from '../../lib/auth.ts';
import { SubmitButton } from '../../ui/submit-button.tsx';

interface SignInFormProps {
  /** Known address: it is shown and cannot be changed. */
  email?: string;
  onSignedIn: () => void | Promise<void>;
}

/** E-mail address and password. Pasting and password managers work (WCAG 3.3.8). */
export function SignInForm({ email, onSignedIn }: SignInFormProps) {
  const [failure, setFailure] = useState<string | null>(null);
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: email ?? '', password: '' },
    validate: {
      email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : 'Give your e-mail address.'),
      password: (value) => (value ? null : 'Give your password.'),
    },
  });
  const submit = form.onSubmit(async (values) => {
    setFailure(null);
    const result = await signIn({ email: values.email.trim(), password: values.password });
    if (result.ok) await onSignedIn();
    else setFailure(result.message);
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {failure && (
          <Alert color="red" variant="light" role="alert" icon={<IconAlertCircle aria-hidden />}>
            {failure}
          </Alert>
        )}
        <TextInput
          {...form.getInputProps('email')}
          key={form.key('email')}
          label="E-mail address"
          type="email"
          name="email"
          autoComplete="username"
          readOnly={email !== undefined}
          autoFocus={email === undefined}
        />
        <PasswordInput
          {...form.getInputProps('password')}
          key={form.key('password')}
          label="Password"
          name="password"
          autoComplete="current-password"
          data-autofocus={email !== undefined || undefined}
          visibilityToggleButtonProps={{ 'aria-label': 'Show password' }}
        />
        <SubmitButton loading={form.submitting} fullWidth>
          Sign in
        </SubmitButton>
      </Stack>
    </form>
  );
}
