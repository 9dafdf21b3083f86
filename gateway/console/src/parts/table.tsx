import type { ComponentChildren } from 'preact';
import type { Pages } from '../state/query';
import { Empty, ErrorNotice, Skeleton } from './panel';

export interface Column<T> {
  head: string;
  cell: (row: T) => ComponentChildren;
  number?: boolean;
  // `display_name`: clicking the head sorts by it.
  order?: string;
}

interface TableProps<T> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  keyOf: (row: T) => string;
  orderBy?: string;
  onOrder?: (order: string) => void;
  onOpen?: (row: T) => void;
}

// On a narrow screen each row is a card, and each cell says what it is.
export function Table<T>({ caption, columns, rows, keyOf, orderBy = '', onOrder }: TableProps<T>) {
  const [field, direction] = orderBy.split(' ');
  return (
    <table>
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => {
            const sorted = column.order !== undefined && column.order === field;
            const up = sorted && direction !== 'desc';
            return (
              <th key={column.head} scope="col" class={column.number ? 'number' : ''} aria-sort={sorted ? (up ? 'ascending' : 'descending') : undefined}>
                {column.order && onOrder ? (
                  <button type="button" class="sort" onClick={() => onOrder(up ? `${column.order} desc` : column.order!)}>
                    {column.head}
                    <span aria-hidden="true">{sorted ? (up ? ' ▴' : ' ▾') : ''}</span>
                  </button>
                ) : (
                  column.head
                )}
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {columns.map((column) => (
              <td key={column.head} data-head={column.head} class={column.number ? 'number' : ''}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function PagedTable<T>({ pages, what, empty, ...table }: { pages: Pages<T>; what: string; empty: string } & Omit<TableProps<T>, 'rows' | 'caption'>) {
  if (!pages.data) return pages.error ? <ErrorNotice error={pages.error} what={what} retry={pages.reload} /> : <Skeleton lines={8} />;
  return (
    <div class={pages.loading ? 'stale' : ''}>
      {pages.items.length === 0 ? <Empty>{empty}</Empty> : <Table {...table} caption={what} rows={pages.items} />}
      <Pager pages={pages} />
    </div>
  );
}

export function Pager({ pages }: { pages: Pages<unknown> }) {
  if (!pages.next && !pages.previous) return null;
  return (
    <nav class="pager" aria-label="Pages">
      <button type="button" disabled={!pages.previous} onClick={pages.previous}>
        ‹ <span class="word">Previous</span>
      </button>
      <span class="quiet">Page {pages.number}</span>
      <button type="button" disabled={!pages.next} onClick={pages.next}>
        <span class="word">Next</span> ›
      </button>
    </nav>
  );
}
