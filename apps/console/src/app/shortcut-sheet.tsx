import { Group, Kbd, Modal, Stack, Switch, Table, Text } from '@mantine/core';
import { Fragment } from 'react';
import { usePreferences } from '../lib/preferences.ts';

const SHORTCUTS: readonly { keys: readonly string[]; sequence?: boolean; does: string }[] = [
  { keys: ['Ctrl/⌘', 'K'], does: 'Search and commands' },
  { keys: ['/'], does: 'Search on this page' },
  { keys: ['c'], does: 'Create a token' },
  { keys: ['t'], does: 'Change the time range' },
  { keys: ['r'], does: 'Refresh' },
  { keys: ['g', 'o'], sequence: true, does: 'Go to the overview' },
  { keys: ['g', 't'], sequence: true, does: 'Go to the tokens' },
  { keys: ['g', 'w'], sequence: true, does: 'Go to the owners' },
  { keys: ['g', 'a'], sequence: true, does: 'Go to the audit log' },
  { keys: ['g', 's'], sequence: true, does: 'Go to the settings' },
  { keys: ['Esc'], does: 'Close what is open' },
  { keys: ['?'], does: 'This list' },
];

export function ShortcutSheet({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [{ singleKeyShortcuts }, setPreferences] = usePreferences();
  return (
    <Modal opened={opened} onClose={onClose} title={<Text fw={600}>Keyboard shortcuts</Text>}>
      <Stack>
        <Table verticalSpacing={6}>
          <Table.Tbody>
            {SHORTCUTS.map(({ keys, sequence = false, does }) => (
              <Table.Tr key={does}>
                <Table.Th scope="row" fw={400}>
                  {does}
                </Table.Th>
                <Table.Td>
                  <Group gap={4} justify="flex-end" wrap="nowrap">
                    {keys.map((key, index) => (
                      <Fragment key={key}>
                        {index > 0 && (
                          <Text size="xs" c="dimmed" span>
                            {sequence ? 'then' : '+'}
                          </Text>
                        )}
                        <Kbd>{key}</Kbd>
                      </Fragment>
                    ))}
                  </Group>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Switch
          label="Shortcuts of a single key"
          description="Switch them off if they get in the way of speech input or other tools."
          checked={singleKeyShortcuts}
          onChange={(event) => setPreferences({ singleKeyShortcuts: event.currentTarget.checked })}
        />
      </Stack>
    </Modal>
  );
}
