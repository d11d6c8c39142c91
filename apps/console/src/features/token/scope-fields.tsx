import type { Policy } from '@latchkey/api/schemas';
import { Checkbox, Stack, TagsInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { defaultScopes, type ScopeHolder, type ScopeOption, scopeOptions } from '../policy/scope-options.ts';
import type { ScopeValues } from './scope-form.ts';

interface ScopeFieldsProps {
  form: UseFormReturnType<ScopeValues>;
  policy: Policy;
  holder: ScopeHolder;
  disabled?: boolean;
}

/** What the holder may do in the API's own words: boxes for a configured vocabulary, free text where there is none. */
export function ScopeFields({ form, policy, holder, disabled = false }: ScopeFieldsProps) {
  const options = scopeOptions(policy, holder);
  const scopes = form.getValues().scopes ?? defaultScopes(policy, holder);
  const { error } = form.getInputProps('scopes');
  const choose = (next: string[]) => form.setFieldValue('scopes', next);
  if (options.length === 0) {
    return (
      <TagsInput
        label="Scopes"
        description="Press Enter after each. Endpoints that ask for a scope refuse tokens without it; none is no right at all there."
        placeholder={scopes.length === 0 ? 'read' : undefined}
        value={scopes}
        onChange={choose}
        onBlur={() => form.validateField('scopes')}
        error={error}
        disabled={disabled}
        splitChars={[',', ' ']}
        acceptValueOnBlur
        clearable={!disabled}
        clearButtonProps={{ 'aria-label': 'Remove all scopes' }}
      />
    );
  }
  return (
    <Checkbox.Group value={scopes.filter((scope) => !options.find(({ name }) => name === scope)?.barred)} onChange={choose} error={error}>
      <Stack gap="sm" role="group" aria-label="Scopes">
        {options.map((option) => (
          <ScopeBox key={option.name} option={option} disabled={disabled} />
        ))}
        {scopes
          .filter((scope) => !options.some(({ name }) => name === scope))
          .map((scope) => (
            <Checkbox
              key={scope}
              value={scope}
              label={scope}
              description="No longer among the scopes of this deployment. Take it away to save."
              disabled={disabled}
            />
          ))}
      </Stack>
    </Checkbox.Group>
  );
}

function ScopeBox({ option, disabled }: { option: ScopeOption; disabled: boolean }) {
  const { name, description, barred } = option;
  return (
    <Checkbox
      value={name}
      label={name}
      description={[description, barred].filter(Boolean).join(' · ') || undefined}
      disabled={disabled || barred !== null}
      styles={{ label: { fontFamily: 'var(--mantine-font-family-monospace)', overflowWrap: 'anywhere' } }}
    />
  );
}
