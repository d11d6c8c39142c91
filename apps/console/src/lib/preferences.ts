import { useLocalStorage } from '@mantine/hooks';
import { z } from 'zod';

const preferencesSchema = z.object({
  /** IANA name; `null`: the browser's. */
  timeZone: z.string().nullable().catch(null),
  /** Shortcuts of a single key can get in the way of speech input (WCAG 2.1.4). */
  singleKeyShortcuts: z.boolean().catch(true),
  /** The first-run checklist was closed. */
  checklistDismissed: z.boolean().catch(false),
});
export type Preferences = z.infer<typeof preferencesSchema>;

const defaults: Preferences = { timeZone: null, singleKeyShortcuts: true, checklistDismissed: false };

/** What this browser remembers of its user. */
export function usePreferences(): [Preferences, (change: Partial<Preferences>) => void] {
  const [preferences, setPreferences] = useLocalStorage<Preferences>({
    key: 'latchkey-preferences',
    defaultValue: defaults,
    getInitialValueInEffect: false,
    deserialize: parsePreferences,
  });
  return [preferences, (change) => setPreferences((current) => ({ ...current, ...change }))];
}

function parsePreferences(text: string | undefined): Preferences {
  try {
    return preferencesSchema.parse(JSON.parse(text ?? '{}'));
  } catch {
    return defaults;
  }
}
