import type { Pyramid } from '../api/types';
import { showCount, showMicros, showMoney, showMoneyShort, showShare } from '../format/show';
import { words } from '../format/words';
import { Link } from '../parts/link';
import { Meter } from '../parts/tags';

// The layers narrow towards the top as in a drawn pyramid, not by count: a true scale would hide the top. The shares stand
// beside them.
export function PyramidChart({ pyramid, slice = '' }: { pyramid: Pyramid; slice?: string }) {
  const all = Number(pyramid.customerCount) || 1;
  return (
    <table class="pyramid">
      <caption class="unseen">Customers, revenue and profit by tier</caption>
      <thead>
        <tr>
          <th scope="col" class="layer-head">
            Tier
          </th>
          <th scope="col" class="number">
            Customers
          </th>
          <th scope="col" class="number">
            Revenue
          </th>
          <th scope="col">Share</th>
          <th scope="col" class="number">
            Profit
          </th>
          <th scope="col" class="number">
            Score
          </th>
        </tr>
      </thead>
      <tbody>
        {pyramid.tiers.map((row) => (
          <tr key={row.tier} data-tier={row.tier}>
            <th scope="row" class="layer-cell">
              <Link to={`/customers?view=value&tier=${row.tier}${slice}`} class={`layer tier-${row.tier.toLowerCase()}`}>
                {words(row.tier)}
              </Link>
            </th>
            <td class="number" data-figure="customers">
              {showCount(row.customerCount)}
              <span class="quiet small"> {showShare(Number(row.customerCount) / all, 1)}</span>
            </td>
            <td class="number" title={showMoney(row.revenue)}>
              {showMoneyShort(row.revenue)}
            </td>
            <td class="share">
              <Meter share={row.revenueShare} label={`${showShare(row.revenueShare, 1)} of revenue`} />
              <span class="small"> {showShare(row.revenueShare, 1)}</span>
            </td>
            <td class="number" title={showMoney(row.profit)}>
              {showMoneyShort(row.profit)}
            </td>
            <td class="number quiet small">
              {Number(row.customerCount) > 0 ? `${showMicros(row.lowestScoreMicros)} – ${showMicros(row.highestScoreMicros)}` : ''}
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">All</th>
          <td class="number" data-figure="all">
            {showCount(pyramid.customerCount)}
          </td>
          <td class="number" title={showMoney(pyramid.revenue)}>
            {showMoneyShort(pyramid.revenue)}
          </td>
          <td />
          <td class="number" title={showMoney(pyramid.profit)}>
            {showMoneyShort(pyramid.profit)}
          </td>
          <td />
        </tr>
      </tfoot>
    </table>
  );
}
