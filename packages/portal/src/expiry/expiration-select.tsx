import type { SelectHTMLAttributes } from 'react';
import { defaultExpiration, EXPIRATION_PRESETS, type ExpirationSelectOptions, expirationsForSelect } from './expiration-options.ts';

export interface ExpirationSelectProps
  extends ExpirationSelectOptions,
    Omit<SelectHTMLAttributes<HTMLSelectElement>, 'children' | 'multiple'> {
  /** The preset that is chosen at first; default: no expiration (S2-096). */
  readonly selected?: string | undefined;
}

/** The name of the field in a form that is sent as it is (S2-124). */
export const EXPIRATION_FIELD_NAME = 'api_key[expires_at_preset]';

/** A select of all presets (S2-094). Takes everything a `<select>` does, classes included (S2-095). */
export function ExpirationSelect({ presets = EXPIRATION_PRESETS, includeNoExpiration, selected, ...rest }: ExpirationSelectProps) {
  return (
    <select defaultValue={selected ?? defaultExpiration(presets)} name={EXPIRATION_FIELD_NAME} {...rest}>
      {expirationsForSelect({ presets, includeNoExpiration }).map(([label, value]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
