import { useCallback } from 'preact/hooks';
import type { Pyramid } from '../../api/types';
import { Chart, axisStyle, colour, tooltipStyle } from '../../charts/chart';
import { showMoney, showShare } from '../../format/show';
import { words } from '../../format/words';
import { Empty, Panel, Skeleton } from '../../parts/panel';

// How unevenly revenue and profit are spread: the whale curve, which passes 100 % where the rest lose money. A server that
// does not tell it by every 5 % still tells it by tier.
export function whaleCurve(pyramid: Pyramid, of: 'revenue' | 'profit'): [number, number][] {
  const told = of === 'revenue' ? pyramid.revenueConcentration : pyramid.profitConcentration;
  if (told?.whaleCurve?.length) return [[0, 0], ...told.whaleCurve.map((p): [number, number] => [p.customerShare, p.valueShare])];
  const total = pyramid.tiers.reduce((sum, row) => sum + Number(row[of].units), 0);
  const customers = Number(pyramid.customerCount);
  if (total <= 0 || customers === 0) return [];
  const points: [number, number][] = [[0, 0]];
  let value = 0;
  let count = 0;
  for (const row of pyramid.tiers) {
    value += Number(row[of].units);
    count += Number(row.customerCount);
    points.push([count / customers, value / total]);
  }
  return points;
}

export function ConcentrationPanel({ pyramid }: { pyramid: Pyramid | undefined }) {
  const option = useCallback(() => {
    const percent = (v: number) => showShare(v);
    const curve = (name: string, of: 'revenue' | 'profit', line: string) => ({
      name,
      type: 'line' as const,
      data: pyramid ? whaleCurve(pyramid, of) : [],
      symbolSize: 5,
      lineStyle: { width: 2, color: line },
      itemStyle: { color: line },
    });
    return {
      grid: { left: 48, right: 16, top: 30, bottom: 40 },
      legend: { top: 0, right: 0, textStyle: { color: colour('quiet') }, icon: 'roundRect', itemHeight: 3 },
      tooltip: { trigger: 'axis', ...tooltipStyle(), valueFormatter: (v: unknown) => showShare(Number(v), 1) },
      xAxis: { type: 'value', min: 0, max: 1, name: 'customers, most valuable first', nameLocation: 'middle', nameGap: 26, ...axisStyle(), axisLabel: { ...axisStyle().axisLabel, formatter: percent } },
      yAxis: { type: 'value', ...axisStyle(), axisLabel: { ...axisStyle().axisLabel, formatter: percent } },
      series: [curve('Revenue', 'revenue', colour('accent')), curve('Profit', 'profit', colour('second'))],
    };
  }, [pyramid]);
  const top = pyramid?.tiers[0];
  return (
    <Panel title="How it is spread" note={pyramid?.revenueConcentration ? `Gini ${showShare(pyramid.revenueConcentration.gini)} of revenue` : ''}>
      {!pyramid ? (
        <Skeleton lines={6} />
      ) : whaleCurve(pyramid, 'revenue').length === 0 ? (
        <Empty>There is no revenue here.</Empty>
      ) : (
        <>
          <Chart option={option} label="Cumulative share of revenue and profit by share of customers, most valuable first; the table of tiers has the figures" height={260} />
          {top && (
            <p class="small quiet">
              {words(top.tier)} customers bring {showShare(top.revenueShare, 1)} of the revenue
              {pyramid.valueAtRisk?.currencyCode ? `; ${showMoney(pyramid.valueAtRisk)} of revenue is at risk of not coming again` : ''}.
            </p>
          )}
        </>
      )}
    </Panel>
  );
}
