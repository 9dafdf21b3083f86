import { useState } from 'preact/hooks';
import type { TargetMarket } from '../api/types';
import { showCount, showShare } from '../format/show';
import { AreaField, TextField } from '../parts/form';
import { FormDialog } from '../parts/dialog';
import { Link } from '../parts/link';
import { Empty, Loaded, Panel } from '../parts/panel';
import { Table } from '../parts/table';
import { Meter, Tag } from '../parts/tags';
import { useAnswer } from '../state/query';
import { useSession } from '../state/session';

// Whom the company wants, and how much of it it has: the size of the target group decides how far a company can grow.
export function MarketsPage() {
  const { api, account } = useSession();
  const [turn, setTurn] = useState(0);
  const [editing, setEditing] = useState<TargetMarket | 'new'>();
  const may = account.role === 'ADMINISTRATOR';
  const answer = useAnswer(`markets ${turn}`, async (signal) => (await api.get<{ targetMarkets?: TargetMarket[] }>('/v1/targetMarkets', {}, signal)).targetMarkets ?? []);
  const slice = (market: TargetMarket) => `targetMarket=${encodeURIComponent(market.name)}`;
  return (
    <>
      <div class="page-head">
        <h1>Target markets</h1>
        {may && !answer.error && (
          <button type="button" class="primary" onClick={() => setEditing('new')}>
            New target market
          </button>
        )}
      </div>
      <Panel title="Whom we want, and how much of it we have" note="members are those that you may see">
        <Loaded answer={answer} what="Target markets" lines={5}>
          {(markets) =>
            markets.length === 0 ? (
              <Empty>No target market is defined yet.</Empty>
            ) : (
              <Table
                caption="Target markets"
                rows={markets}
                keyOf={(market) => market.name}
                columns={[
                  {
                    head: 'Target market',
                    cell: (market) => (
                      <>
                        <strong>{market.displayName}</strong> {market.computing && <Tag kind="warn">Being counted</Tag>}
                        {market.description && <div class="quiet small">{market.description}</div>}
                      </>
                    ),
                  },
                  { head: 'Who belongs to it', cell: (market) => <code class="small">{market.filter}</code> },
                  { head: 'Estimated size', number: true, cell: (market) => (market.estimatedSize === '0' ? <span class="quiet">not known</span> : showCount(market.estimatedSize)) },
                  { head: 'Members', number: true, cell: (market) => <Link to={`/customers?${slice(market)}`}>{showCount(market.memberCount)}</Link> },
                  {
                    head: 'Coverage',
                    cell: (market) =>
                      market.estimatedSize === '0' ? (
                        <span class="quiet">–</span>
                      ) : (
                        <>
                          <Meter share={market.coverage} label={`${showShare(market.coverage, 1)} covered`} /> <span class="small">{showShare(market.coverage, 1)}</span>
                        </>
                      ),
                  },
                  {
                    head: 'More',
                    cell: (market) => (
                      <span class="row-actions">
                        <Link to={`/?${slice(market)}`}>Funnel</Link>
                        <Link to={`/value?${slice(market)}`}>Value</Link>
                        {may && (
                          <button type="button" class="link" onClick={() => setEditing(market)}>
                            Edit
                          </button>
                        )}
                      </span>
                    ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Panel>
      {editing && <EditMarket market={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} onDone={() => setTurn((n) => n + 1)} />}
    </>
  );
}

function EditMarket({ market, onClose, onDone }: { market: TargetMarket | undefined; onClose: () => void; onDone: () => void }) {
  const { api } = useSession();
  const [name, setName] = useState(market?.displayName ?? '');
  const [description, setDescription] = useState(market?.description ?? '');
  const [filter, setFilter] = useState(market?.filter ?? 'industry = "manufacturing"');
  const [size, setSize] = useState(market && market.estimatedSize !== '0' ? market.estimatedSize : '');
  const send = async (requestId: (body: unknown) => string) => {
    const body = { displayName: name.trim(), description: description.trim(), filter: filter.trim(), estimatedSize: size || '0' };
    if (!market) {
      await api.post('/v1/targetMarkets', body, { requestId: requestId(body) });
      return 'The target market is defined';
    }
    const sent = { ...body, etag: market.etag };
    await api.patch(`/v1/${market.name}`, sent, { updateMask: Object.keys(body).join(','), requestId: requestId(sent) });
    return 'Saved';
  };
  return (
    <FormDialog title={market ? `Edit ${market.displayName}` : 'New target market'} submit="Save" send={send} onClose={onClose} onDone={onDone}>
      <TextField label="Name" value={name} onChange={setName} required maxLength={128} class="whole" autoFocus />
      <AreaField label="Who belongs to it" value={filter} onChange={setFilter} required rows={2} hint={'A filter, as in: industry = "manufacturing" AND employee_count >= 50'} />
      <TextField label="Estimated size" type="number" value={size} onChange={setSize} inputMode="numeric" hint="how many there are out there" />
      <AreaField label="Description" value={description} onChange={setDescription} maxLength={1000} rows={2} />
    </FormDialog>
  );
}
