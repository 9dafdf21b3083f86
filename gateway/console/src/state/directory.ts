// Names of teams, representatives, products and customers: answers of the API refer to them by resource name.
import { useEffect, useState } from 'preact/hooks';
import type { Api } from '../api/client';
import { asApiError } from '../api/status';
import { type Customer, type Product, type Representative, type TargetMarket, type Team, idOf } from '../api/types';

const againAfterMs = 5000;
const atOnce = 50; // A request's address stays well below what servers take.

async function all<T>(api: Api, path: string, field: string, paged: boolean): Promise<T[]> {
  const found: T[] = [];
  for (let token = ''; ; ) {
    const answer = await api.get<Record<string, unknown>>(path, paged ? { pageSize: 1000, pageToken: token } : {});
    found.push(...((answer[field] as T[] | undefined) ?? []));
    token = (answer.nextPageToken as string) ?? '';
    if (!token) return found;
  }
}

export class Directory {
  readonly teams = new Map<string, Team>();
  readonly representatives = new Map<string, Representative>();
  readonly products = new Map<string, Product>();
  readonly targetMarkets = new Map<string, TargetMarket>();
  private readonly customers = new Map<string, string>();
  private wanted = new Set<string>();
  private notBefore = 0;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly api: Api) {
    void this.fill(this.teams, '/v1/teams', 'teams');
    void this.fill(this.representatives, '/v1/representatives', 'representatives');
    void this.fill(this.products, '/v1/products', 'products');
    void this.fill(this.targetMarkets, '/v1/targetMarkets', 'targetMarkets', false);
  }

  private async fill<T extends { name: string }>(into: Map<string, T>, path: string, field: string, paged = true): Promise<void> {
    try {
      for (const one of await all<T>(this.api, path, field, paged)) into.set(one.name, one);
    } catch {
      return; // Then names are shown as they came.
    }
    this.tell();
  }

  nameOf(resource: string | null | undefined): string {
    if (!resource) return '';
    const known = this.teams.get(resource) ?? this.representatives.get(resource) ?? this.products.get(resource) ?? this.targetMarkets.get(resource);
    return known?.displayName ?? idOf(resource);
  }

  // Undefined while it is being looked up; '' when it may not be seen.
  customerName(customer: string): string | undefined {
    const known = this.customers.get(customer);
    if (known === undefined && customer) this.want(customer);
    return known;
  }
  learn(customers: Iterable<Pick<Customer, 'name' | 'displayName'>>): void {
    for (const customer of customers) this.customers.set(customer.name, customer.displayName);
  }

  private want(customer: string): void {
    if (this.wanted.size === 0) setTimeout(() => void this.lookUp(), Math.max(0, this.notBefore - Date.now()));
    this.wanted.add(customer);
  }
  private async lookUp(): Promise<void> {
    const names = [...this.wanted];
    this.wanted = new Set();
    const parts: string[][] = [];
    for (let i = 0; i < names.length; i += atOnce) parts.push(names.slice(i, i + atOnce));
    await Promise.all(
      parts.map(async (part) => {
        try {
          const { customers = [] } = await this.api.get<{ customers?: Customer[] }>('/v1/customers:batchGet', { names: part });
          for (const name of part) this.customers.set(name, '');
          this.learn(customers);
        } catch (error) {
          const { forbidden, fields } = asApiError(error);
          if (forbidden || fields.length > 0) for (const name of part) this.customers.set(name, '');
          // Else nobody knows yet: whoever shows them asks again, after a pause.
          else this.notBefore = Date.now() + againAfterMs;
        }
      }),
    );
    this.tell();
  }

  listen(tell: () => void): () => void {
    this.listeners.add(tell);
    return () => void this.listeners.delete(tell);
  }
  private tell(): void {
    this.listeners.forEach((tell) => tell());
  }
}

// Draws the caller again when names have come.
export function useNames(directory: Directory): Directory {
  const [, setTurn] = useState(0);
  useEffect(() => directory.listen(() => setTurn((n) => n + 1)), [directory]);
  return directory;
}
