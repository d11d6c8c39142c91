import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

/** Facts with their names, one in a row. */
export function FactTable({ children }: { children: ReactNode }) {
  return (
    <Table verticalSpacing={8} horizontalSpacing="var(--lk-gutter)" variant="vertical">
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  );
}

export function FactRow({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Table.Tr>
      <Table.Th scope="row" w={{ base: 120, sm: 180 }} fw={500} bg="transparent" style={{ verticalAlign: 'top' }}>
        {name}
      </Table.Th>
      <Table.Td className="lk-wrap">{children}</Table.Td>
    </Table.Tr>
  );
}
