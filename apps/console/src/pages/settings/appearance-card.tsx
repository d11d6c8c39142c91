import { Button, Input, type MantineColorScheme, SegmentedControl, Select, Stack, Switch, useMantineColorScheme } from '@mantine/core';
import { usePreferences } from '../../lib/preferences.ts';
import { localTimeZone, TIME_ZONES } from '../../lib/zoned-time.ts';
import { COLOR_SCHEMES } from '../../ui/color-schemes.ts';
import { SectionCard } from '../../ui/section-card.tsx';

/** What this browser remembers; it holds at once. */
export function AppearanceCard() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [preferences, setPreferences] = usePreferences();
  const local = localTimeZone();
  return (
    <SectionCard title="Appearance" description="For this browser only; changes hold at once.">
      <Stack gap="lg" align="flex-start">
        <Input.Wrapper label="Theme" labelElement="div">
          <SegmentedControl
            mt={4}
            display="flex"
            aria-label="Theme"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as MantineColorScheme)}
            data={COLOR_SCHEMES.map(({ value, label }) => ({ value, label }))}
          />
        </Input.Wrapper>
        <Select
          label="Time zone"
          description="Days of charts begin at its midnight."
          searchable
          limit={80}
          w={{ base: '100%', xs: 320 }}
          allowDeselect={false}
          data={[{ value: '', label: `This browser’s (${local})` }, ...TIME_ZONES]}
          value={preferences.timeZone ?? ''}
          onChange={(zone) => setPreferences({ timeZone: zone || null })}
        />
        <Switch
          label="Shortcuts of a single key"
          description="Press ? for the list. Switch them off if they get in the way of speech input or other tools."
          checked={preferences.singleKeyShortcuts}
          onChange={(event) => setPreferences({ singleKeyShortcuts: event.currentTarget.checked })}
        />
        {preferences.checklistDismissed && (
          <Button variant="default" size="xs" onClick={() => setPreferences({ checklistDismissed: false })}>
            Show the first steps again
          </Button>
        )}
      </Stack>
    </SectionCard>
  );
}
