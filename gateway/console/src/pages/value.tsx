import type { Pyramid, ScoringModel } from '../api/types';
import { PyramidChart } from '../charts/pyramid';
import { showCount, showDay, showMicroShare } from '../format/show';
import { words } from '../format/words';
import { Empty, Loaded, Panel } from '../parts/panel';
import { TextField } from '../parts/form';
import { SlicePicker, sliceOf } from '../parts/slice';
import { Table } from '../parts/table';
import { Meter, Tag } from '../parts/tags';
import { useAnswer } from '../state/query';
import { useParameters } from '../state/router';
import { useSession } from '../state/session';
import { MigrationPanel } from './value/migration';
import { ConcentrationPanel } from './value/concentration';
import { PoliciesPanel } from './value/policies';

export function ValuePage() {
  const { api } = useSession();
  const [query, set] = useParameters();
  const slice = sliceOf(query);
  const asOf = query.get('asOf') ?? '';
  // Of today and later it is the state in force.
  const past = asOf !== '' && asOf < new Date().toISOString().slice(0, 10);
  const asked = { ...slice, ...(past && { asOfTime: `${asOf}T23:59:59Z` }) };
  const key = JSON.stringify(asked);
  const pyramid = useAnswer(`pyramid ${key}`, (signal) => api.get<Pyramid>('/v1/pyramid', asked, signal));
  const link = new URLSearchParams(Object.entries(slice).filter(([, value]) => value)).toString();
  return (
    <>
      <div class="page-head">
        <h1>Value</h1>
        <SlicePicker slice={slice} onChange={set} />
      </div>
      <div class="columns">
        <Panel
          title="Pyramid"
          note={pyramid.data ? `as of ${showDay(pyramid.data.asOfTime)}` : ''}
          actions={<TextField label="As of" type="date" value={asOf} onChange={(value) => set({ asOf: value })} class="inline" />}
        >
          <Loaded answer={pyramid} what="The pyramid" lines={7}>
            {(data) => <PyramidChart pyramid={data} slice={link && `&${link}`} />}
          </Loaded>
        </Panel>
        <ConcentrationPanel pyramid={pyramid.data} />
      </div>
      <MigrationPanel slice={slice} />
      <PoliciesPanel />
      <Models current={pyramid.data?.scoringModel ?? ''} />
    </>
  );
}

function Models({ current }: { current: string }) {
  const { api } = useSession();
  const answer = useAnswer('models', async (signal) => (await api.get<{ scoringModels?: ScoringModel[] }>('/v1/scoringModels', { pageSize: 50 }, signal)).scoringModels ?? []);
  return (
    <Panel title="Scoring models" note="newest first; every score keeps the model that it was computed with">
      <Loaded answer={answer} what="The list of models">
        {(models) =>
          models.length === 0 ? (
            <Empty>No model yet.</Empty>
          ) : (
            <Table
              caption="Scoring models"
              rows={models}
              keyOf={(model) => model.name}
              columns={[
                {
                  head: 'Version',
                  cell: (model) => (
                    <span>
                      <strong>{model.displayName || `Version ${model.version}`}</strong> {model.name === current ? <Tag kind="good">In force</Tag> : <Tag>{words(model.state)}</Tag>}
                    </span>
                  ),
                },
                ...(['SALES_CONTRIBUTION', 'SALES_EXPECTATION', 'CREDIT', 'PROFIT_CONTRIBUTION', 'DEMONSTRATION_EFFECT'] as const).map((factor) => ({
                  head: words(factor),
                  cell: (model: ScoringModel) => {
                    const weight = Number(model.weights.find((w) => w.factor === factor)?.weightMicros ?? 0) / 1e6;
                    return (
                      <span>
                        <Meter share={weight} label={`${words(factor)} ${showMicroShare(weight * 1e6, 0)}`} /> <span class="small">{showMicroShare(weight * 1e6, 0)}</span>
                      </span>
                    );
                  },
                })),
                { head: 'Horizon', number: true, cell: (model) => `${showCount(model.horizonDays)} days` },
                { head: 'Reference', number: true, cell: (model) => showCount(model.referenceSize) },
                { head: 'Published', cell: (model) => showDay(model.publishTime) },
              ]}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}
