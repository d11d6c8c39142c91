import type { ListKeysQuery } from '../client/portal-client.ts';
import { LoadFailed, Loading } from '../portal/states.tsx';
import { KeyRow } from './key-row.tsx';
import { useKeyPages } from './use-key-pages.ts';

export interface KeyTableProps {
  /** Read out for the table. */
  readonly caption: string;
  readonly query: Pick<ListKeysQuery, 'kind' | 'state'>;
  /** Said where there is no key. */
  readonly empty: string;
}

/** Keys of one kind and state, newest first: 50, and then more. */
export function KeyTable({ caption, query, empty }: KeyTableProps) {
  const { data, error, reload, showMore } = useKeyPages(query);
  if (!data) return error ? <LoadFailed error={error} retry={reload} what="your keys" /> : <Loading what="your keys" />;
  if (data.keys.length === 0) return <p className="api-keys-empty">{empty}</p>;
  return (
    <>
      {error && <LoadFailed error={error} retry={reload} what="your keys" />}
      <table className="api-keys-table">
        <caption className="api-keys-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Key</th>
            <th scope="col">Status</th>
            <th scope="col">Last used</th>
            <th scope="col">Expires</th>
            <th data-align="end" scope="col">
              24 hours
            </th>
            <th scope="col">
              <span className="api-keys-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {data.keys.map((key) => (
            <KeyRow apiKey={key} key={key.id} />
          ))}
        </tbody>
      </table>
      {data.keys.length < data.total && (
        <button className="api-keys-button" onClick={showMore} type="button">
          Show more ({data.keys.length} of {data.total})
        </button>
      )}
    </>
  );
}
