import { describe, expect, it, vi } from 'vitest';
import { Api, type Query } from '../api/client';
import { ApiError } from '../api/status';
import { Directory } from './directory';

function fakeApi(answers: (path: string, query: Query) => unknown) {
  const api = new Api('');
  const asked: string[] = [];
  api.get = (async (path: string, query: Query = {}) => {
    asked.push(path);
    return answers(path, query);
  }) as Api['get'];
  return { api, asked };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('Directory', () => {
  it('reads every page of teams', async () => {
    const { api } = fakeApi((path, query) => {
      if (path !== '/v1/teams') return {};
      return query.pageToken ? { teams: [{ name: 'teams/2', displayName: '영업 2팀' }] } : { teams: [{ name: 'teams/1', displayName: 'Seoul' }], nextPageToken: 'x' };
    });
    const directory = new Directory(api);
    await settled();
    expect(directory.nameOf('teams/2')).toBe('영업 2팀');
    expect(directory.nameOf('teams/9')).toBe('9');
  });

  it('asks for all customers of a page together, once each', async () => {
    const { api, asked } = fakeApi((path, query) =>
      path === '/v1/customers:batchGet' ? { customers: (query.names as string[]).filter((n) => n !== 'customers/3').map((name) => ({ name, displayName: `C ${name}` })) } : {},
    );
    const directory = new Directory(api);
    let told = 0;
    directory.listen(() => ++told);
    for (const i of [1, 2, 3, 1]) expect(directory.customerName(`customers/${i}`)).toBeUndefined();
    await settled();
    expect(directory.customerName('customers/1')).toBe('C customers/1');
    expect(directory.customerName('customers/3')).toBe(''); // May not be seen.
    expect(asked.filter((path) => path.endsWith(':batchGet'))).toHaveLength(1);
    expect(told).toBeGreaterThan(0);
  });

  it('asks again, after a pause, when the service was away', async () => {
    vi.useFakeTimers();
    let away = true;
    const { api, asked } = fakeApi((path) => {
      if (path !== '/v1/customers:batchGet') return {};
      if (away) throw new ApiError(503, { code: 14 });
      return { customers: [{ name: 'customers/1', displayName: 'One' }] };
    });
    const directory = new Directory(api);
    directory.listen(() => directory.customerName('customers/1'));
    directory.customerName('customers/1');
    await vi.advanceTimersByTimeAsync(4000);
    const tries = () => asked.filter((path) => path.endsWith(':batchGet')).length;
    expect(tries()).toBe(1);
    away = false;
    await vi.advanceTimersByTimeAsync(4000);
    expect(tries()).toBe(2);
    expect(directory.customerName('customers/1')).toBe('One');
    vi.useRealTimers();
  });
});
