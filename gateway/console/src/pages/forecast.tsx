import type { Money } from '../format/exact';
import { type DateParts, showCount, showDate, showMoney, showMoneyShort, showShare } from '../format/show';
import { Empty, Loaded, Panel } from '../parts/panel';
import { Table } from '../parts/table';
import { Tag, Tile } from '../parts/tags';
import { useAnswer } from '../state/query';
import { useSession } from '../state/session';

interface Forecast {
  openCount: string;
  openAmount: Money;
  staticAmount: Money;
  conditionalAmount: Money;
  conditionalCount: number;
  lowAmount: Money;
  highAmount: Money;
}
interface Past {
  asOfDate: DateParts;
  forecast: Forecast;
  wonAmount: Money;
  conditionalRatio: number;
  staticRatio: number;
  withinInterval: boolean;
}
interface Answer {
  asOfDate: DateParts;
  horizonDays: number;
  forecast: Forecast;
  past?: Past[];
}

// What the open deals will bring, beside what such forecasts got right before.
export function ForecastPanel({ owner, product, turn }: { owner: string; product: string; turn: number }) {
  const { api } = useSession();
  const answer = useAnswer(`forecast ${owner} ${product} ${turn}`, (signal) => api.get<Answer>('/v1/forecast', { owner, product, pastCount: 4 }, signal));
  return (
    <Panel title="Forecast" note={answer.data ? `what is won within ${answer.data.horizonDays} days` : ''}>
      <Loaded answer={answer} what="The forecast" lines={3}>
        {({ forecast, past = [] }) =>
          forecast.openCount === '0' ? (
            <Empty>Nothing is open.</Empty>
          ) : (
            <>
              <div class="tiles flat">
                <Tile
                  label="By the age of each deal"
                  value={showMoneyShort(forecast.conditionalAmount)}
                  title={showMoney(forecast.conditionalAmount)}
                  note={`${showMoneyShort(forecast.lowAmount)} to ${showMoneyShort(forecast.highAmount)} (80 %)`}
                />
                <Tile label="Amount × probability" value={showMoneyShort(forecast.staticAmount)} title={showMoney(forecast.staticAmount)} note="at whatever time" />
                <Tile label="Open" value={showMoneyShort(forecast.openAmount)} title={showMoney(forecast.openAmount)} note={`${showCount(forecast.openCount)} deals`} />
              </div>
              {past.length > 0 && (
                <details>
                  <summary class="small">What forecasts got right before</summary>
                  <Table
                    caption="Past forecasts"
                    rows={past}
                    keyOf={(row) => showDate(row.asOfDate)}
                    columns={[
                      { head: 'As of', cell: (row) => showDate(row.asOfDate) },
                      { head: 'Forecast', number: true, cell: (row) => showMoney(row.forecast.conditionalAmount) },
                      { head: 'Won', number: true, cell: (row) => showMoney(row.wonAmount) },
                      { head: 'Promised', number: true, cell: (row) => (row.conditionalRatio ? showShare(row.conditionalRatio) : '–') },
                      { head: 'Within the interval', cell: (row) => <Tag kind={row.withinInterval ? 'good' : 'warn'}>{row.withinInterval ? 'Yes' : 'No'}</Tag> },
                    ]}
                  />
                </details>
              )}
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}
