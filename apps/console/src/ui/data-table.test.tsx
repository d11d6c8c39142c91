import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { renderUi } from '../testing/render.tsx';
import { DataTable, type DataTableColumn, type TableSort } from './data-table.tsx';

interface Fruit {
  id: number;
  name: string;
}

const rows: Fruit[] = [
  { id: 1, name: 'Apple' },
  { id: 2, name: 'Pear' },
];
const columns: DataTableColumn<Fruit>[] = [
  { id: 'name', header: 'Name', sortable: true, firstOrder: 'asc', cell: (fruit) => fruit.name },
  { id: 'menu', header: 'Actions', headerHidden: true, cell: (fruit) => <button type="button">Eat {fruit.name}</button> },
];
const getRowId = (fruit: Fruit) => String(fruit.id);

function Sorted() {
  const [sort, setSort] = useState<TableSort | null>(null);
  return <DataTable label="Fruit" columns={columns} rows={rows} getRowId={getRowId} sort={sort ?? undefined} onSortChange={setSort} />;
}

test('a header is a button that sorts, turns the order round, lets go of it, and says so', async () => {
  await renderUi(<Sorted />);
  const header = screen.getByRole('columnheader', { name: 'Name' });
  expect(header).toHaveAttribute('aria-sort', 'none');
  for (const order of ['ascending', 'descending', 'none']) {
    await userEvent.click(within(header).getByRole('button', { name: 'Name' }));
    expect(header).toHaveAttribute('aria-sort', order);
  }
});

test('a column of icons has a name for those who do not see it', async () => {
  await renderUi(<Sorted />);
  expect(screen.getByRole('columnheader', { name: 'Actions' })).toBeInTheDocument();
});

function Selectable() {
  const [ids, setIds] = useState<string[]>([]);
  return (
    <>
      <DataTable
        label="Fruit"
        columns={columns}
        rows={rows}
        getRowId={getRowId}
        selection={ids}
        onSelectionChange={setIds}
        isSelectable={(fruit) => fruit.id !== 2}
        getRowLabel={(fruit) => fruit.name}
      />
      <output>{ids.join()}</output>
    </>
  );
}

test('rows are chosen one by one or all together, except those that cannot be', async () => {
  await renderUi(<Selectable />);
  expect(screen.getByRole('checkbox', { name: 'Select Pear' })).toBeDisabled();
  await userEvent.click(screen.getByRole('checkbox', { name: 'Select all rows on this page' }));
  expect(screen.getByRole('status')).toHaveTextContent(/^1$/);
  await userEvent.click(screen.getByRole('checkbox', { name: 'Select Apple' }));
  expect(screen.getByRole('status')).toHaveTextContent(/^$/);
});

test('a click on the row opens it; a click on a control of the row does not', async () => {
  const open = vi.fn();
  await renderUi(<DataTable label="Fruit" columns={columns} rows={rows} getRowId={getRowId} onRowClick={open} />);
  await userEvent.click(screen.getByRole('button', { name: 'Eat Pear' }));
  expect(open).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole('cell', { name: 'Pear' }));
  expect(open).toHaveBeenCalledExactlyOnceWith(rows[1]);
});
