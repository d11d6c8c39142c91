import type { Policy } from '@latchkey/api/schemas';
import { Input, Radio, SegmentedControl, Stack, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useId } from '@mantine/hooks';
import { type KindValues, prefixOf } from './kind-form.ts';

interface KindFieldsProps {
  form: UseFormReturnType<KindValues>;
  policy: Policy;
}

/** Key type and environment, as far as the deployment has a choice of them, and what the secret will begin with. */
export function KindFields({ form, policy }: KindFieldsProps) {
  return (
    <>
      {policy.keyTypes.length > 0 && <KeyTypeChoice form={form} policy={policy} />}
      <EnvironmentChoice form={form} policy={policy} />
    </>
  );
}

function KeyTypeChoice({ form, policy }: KindFieldsProps) {
  return (
    <Radio.Group label="Key type" description="It cannot be changed later." {...form.getInputProps('keyType')}>
      <Stack gap="xs" mt={6}>
        {policy.keyTypes.map((type) => (
          <Radio key={type.name} value={type.name} label={type.name} description={describeKeyType(type)} />
        ))}
        <Radio value="" label="No type" description="Any scope; can be revoked." />
      </Stack>
    </Radio.Group>
  );
}

/** What a type means for who holds such a token: `At most read · cannot be revoked · its owner can see it again`. */
export function describeKeyType({ scopeCeiling, revocable, viewable, limit }: Policy['keyTypes'][number]): string {
  const facts = [
    describeCeiling(scopeCeiling),
    revocable ? 'can be revoked' : 'cannot be revoked or deleted, except with its owner',
    viewable && 'its owner can see its text again',
    limit !== null && `at most ${limit} for each owner`,
  ];
  return `${facts.filter(Boolean).join(' · ')}.`;
}

function describeCeiling(ceiling: string[] | null): string {
  if (ceiling === null) return 'Any scope';
  return ceiling.length === 0 ? 'No scopes' : `Scopes up to ${ceiling.join(', ')}`;
}

function EnvironmentChoice({ form, policy }: KindFieldsProps) {
  const labelId = useId();
  const values = form.getValues();
  const { currentEnvironment, strictEnvironmentIsolation } = policy;
  const foreign = strictEnvironmentIsolation && values.environment !== currentEnvironment;
  const { error, ...input } = form.getInputProps('environment');
  return (
    <Stack gap={4} align="flex-start">
      {policy.environments.length > 1 && (
        <>
          <Input.Label id={labelId} labelElement="div">
            Environment
          </Input.Label>
          <SegmentedControl
            aria-labelledby={labelId}
            data={policy.environments.map(({ name }) => ({ value: name, label: labelOf(name) }))}
            maw="100%"
            {...input}
          />
        </>
      )}
      {error && <Input.Error>{error}</Input.Error>}
      <Text size="xs" c="dimmed">
        The secret will begin with <code>{prefixOf(policy, values)}</code>, so that everybody sees what it is for.
        {foreign && ` This deployment serves ${currentEnvironment} and refuses tokens of other environments.`}
      </Text>
    </Stack>
  );
}

/** `live` → `Live`. */
function labelOf(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
