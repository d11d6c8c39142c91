import { Checkbox, Table, VisuallyHidden } from '@mantine/core';
import { useMediaQuery, useResizeObserver } from '@mantine/hooks';
import { IconArrowDown, IconArrowsSort, IconArrowUp } from '@tabler/icons-react';
import {
  type ColumnDef,
  type RowSelectionState,
  rowSelectionFeature,
  rowSortingFeature,
  type Row as TableRow,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { type MouseEvent, type ReactNode, useMemo } from 'react';
import classes from './data-table.module.css';
import { Refreshing } from './refreshing.tsx';

const features = tableFeatures({ rowSelectionFeature, rowSortingFeature });

export interface DataTableColumn<Row> {
  /** Unique; also the sort key that `onSortChange` gets. */
  id: string;
  header: string;
  /** Columns of icons: the header is only spoken. */
  headerHidden?: boolean;
  cell: (row: Row) => ReactNode;
  sortable?: boolean;
  /** What the first press on the header asks for; the second turns it round, the third goes back to the list's own order. Default `desc`. */
  firstOrder?: 'asc' | 'desc';
  align?: 'left' | 'right';
  width?: number | string;
}

export interface TableSort {
  id: string;
  order: 'asc' | 'desc';
}

interface DataTableProps<Row extends object> {
  /** The table's name for screen readers. */
  label: string;
  /** Stable between renders. */
  columns: DataTableColumn<Row>[];
  /** The rows of this page, in the order the server gave. Stable between renders. */
  rows: Row[];
  getRowId: (row: Row) => string;
  sort?: TableSort;
  /** `null`: the list's own order again. */
  onSortChange?: (sort: TableSort | null) => void;
  /** Ids of the chosen rows; with `onSelectionChange` the table has checkboxes. */
  selection?: readonly string[];
  onSelectionChange?: (ids: string[]) => void;
  isSelectable?: (row: Row) => boolean;
  /** Names a row in its checkbox: "Select ci-deploy". */
  getRowLabel?: (row: Row) => string;
  /** A convenience for the mouse; the row must hold a link for everybody else. */
  onRowClick?: (row: Row) => void;
  /** What narrow screens show of a row: two lines. */
  renderCard?: (row: Row) => ReactNode;
  /** New rows are on their way: the old ones are dimmed. */
  fetching?: boolean;
  minWidth?: number;
}

/** Rows under headers; sorting and paging are the server's. Below 600 px the rows become cards. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { rows, renderCard, fetching = false, minWidth = 640 } = props;
  const narrow = useMediaQuery('(max-width: 37.5em)', false, { getInitialValueInEffect: false });
  const table = useRows(props);
  const tableRows = table.getRowModel().rows;
  return (
    <Refreshing active={fetching && rows.length > 0}>
      {narrow && renderCard ? (
        <Cards {...props} renderCard={renderCard} tableRows={tableRows} />
      ) : (
        <Scroll label={props.label} minWidth={minWidth}>
          <Grid {...props} table={table} />
        </Scroll>
      )}
    </Refreshing>
  );
}

/** Scrolls sideways where the table needs more room than there is; then the keyboard must reach it to do so. */
function Scroll({ label, minWidth, children }: { label: string; minWidth: number; children: ReactNode }) {
  const [ref, { width }] = useResizeObserver<HTMLDivElement>();
  const scrolls = width > 0 && width < minWidth;
  return (
    <Table.ScrollContainer
      ref={ref}
      minWidth={minWidth}
      type="native"
      className={classes.scroll}
      {...(scrolls && { role: 'region', 'aria-label': `${label}, scrolls sideways`, tabIndex: 0 })}
    >
      {children}
    </Table.ScrollContainer>
  );
}

function useRows<Row extends object>(props: DataTableProps<Row>) {
  const { columns, rows, getRowId, selection, onSelectionChange, isSelectable } = props;
  const definitions = useMemo(() => columns.map((column) => toDefinition(column)), [columns]);
  const rowSelection = useMemo<RowSelectionState>(() => Object.fromEntries((selection ?? []).map((id) => [id, true])), [selection]);
  return useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId,
    manualSorting: true,
    enableRowSelection: (row: TableRow<typeof features, Row>) => isSelectable?.(row.original) ?? true,
    state: { rowSelection },
    onRowSelectionChange: (update) => {
      const next = typeof update === 'function' ? update(rowSelection) : update;
      onSelectionChange?.(Object.keys(next));
    },
  });
}

function toDefinition<Row extends object>(column: DataTableColumn<Row>): ColumnDef<typeof features, Row> {
  return { id: column.id, header: column.header, cell: ({ row }) => column.cell(row.original) };
}

type RowsOf<Row extends object> = ReturnType<typeof useRows<Row>>;

function Grid<Row extends object>(props: DataTableProps<Row> & { table: RowsOf<Row> }) {
  const { label, columns, sort, onSortChange, onSelectionChange, table, onRowClick } = props;
  return (
    <Table className={classes.table} highlightOnHover verticalSpacing={9}>
      <VisuallyHidden component="caption">{label}</VisuallyHidden>
      <Table.Thead>
        <Table.Tr>
          {onSelectionChange && (
            <Table.Th w={44} scope="col">
              <SelectAll table={table} />
            </Table.Th>
          )}
          {columns.map((column) => (
            <HeaderCell key={column.id} column={column} sort={sort} onSortChange={onSortChange} />
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {table.getRowModel().rows.map((row) => (
          <Table.Tr
            key={row.id}
            className={classes.row}
            data-clickable={onRowClick ? true : undefined}
            bg={row.getIsSelected() ? 'var(--mantine-primary-color-light)' : undefined}
            onClick={(event) => onRowClick && isPlainClick(event) && onRowClick(row.original)}
          >
            {onSelectionChange && (
              <Table.Td>
                <SelectRow row={row} getRowLabel={props.getRowLabel} />
              </Table.Td>
            )}
            {row.getAllCells().map((cell, index) => (
              <Table.Td key={cell.id} data-align={columns[index]?.align}>
                <table.FlexRender cell={cell} />
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Links, buttons and a selection of text in the row keep their own meaning. */
function isPlainClick(event: MouseEvent): boolean {
  const inControl =
    event.target instanceof Element && event.target.closest('a, button, input, label, [role="menu"], [role="switch"]') !== null;
  return !inControl && !event.defaultPrevented && (window.getSelection()?.isCollapsed ?? true);
}

interface HeaderCellProps<Row> {
  column: DataTableColumn<Row>;
  sort: TableSort | undefined;
  onSortChange: ((sort: TableSort | null) => void) | undefined;
}

function HeaderCell<Row>({ column, sort, onSortChange }: HeaderCellProps<Row>) {
  const order = sort?.id === column.id ? sort.order : null;
  const ariaSort = !column.sortable ? undefined : order === null ? 'none' : order === 'asc' ? 'ascending' : 'descending';
  const Icon = order === null ? IconArrowsSort : order === 'asc' ? IconArrowUp : IconArrowDown;
  return (
    <Table.Th scope="col" w={column.width} data-align={column.align} aria-sort={ariaSort}>
      {column.sortable && onSortChange ? (
        <button
          type="button"
          className={classes.sort}
          data-active={order !== null || undefined}
          onClick={() => onSortChange(nextSort(column, order))}
        >
          {column.header}
          <Icon size={14} aria-hidden opacity={order === null ? 0.45 : 1} />
        </button>
      ) : column.headerHidden ? (
        <VisuallyHidden>{column.header}</VisuallyHidden>
      ) : (
        column.header
      )}
    </Table.Th>
  );
}

function nextSort<Row>({ id, firstOrder = 'desc' }: DataTableColumn<Row>, order: TableSort['order'] | null): TableSort | null {
  if (order === null) return { id, order: firstOrder };
  return order === firstOrder ? { id, order: firstOrder === 'asc' ? 'desc' : 'asc' } : null;
}

function SelectAll<Row extends object>({ table }: { table: RowsOf<Row> }) {
  return (
    <Checkbox
      aria-label="Select all rows on this page"
      checked={table.getIsAllRowsSelected()}
      indeterminate={table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected()}
      onChange={table.getToggleAllRowsSelectedHandler()}
    />
  );
}

interface SelectRowProps<Row extends object> {
  row: TableRow<typeof features, Row>;
  getRowLabel: ((row: Row) => string) | undefined;
}

function SelectRow<Row extends object>({ row, getRowLabel }: SelectRowProps<Row>) {
  return (
    <Checkbox
      data-row={row.id}
      aria-label={`Select ${getRowLabel?.(row.original) ?? `row ${row.id}`}`}
      checked={row.getIsSelected()}
      disabled={!row.getCanSelect()}
      onChange={row.getToggleSelectedHandler()}
    />
  );
}

interface CardsProps<Row extends object> extends DataTableProps<Row> {
  renderCard: (row: Row) => ReactNode;
  tableRows: TableRow<typeof features, Row>[];
}

function Cards<Row extends object>({ label, renderCard, tableRows, onSelectionChange, getRowLabel }: CardsProps<Row>) {
  return (
    <ul className={classes.cards} aria-label={label}>
      {tableRows.map((row) => (
        <li key={row.id} className={classes.card}>
          {onSelectionChange && <SelectRow row={row} getRowLabel={getRowLabel} />}
          <div className={classes.cardBody}>{renderCard(row.original)}</div>
        </li>
      ))}
    </ul>
  );
}
