import { describe, expect, it } from 'vitest';
import type { Customer } from '../../api/types';
import { openChoices } from './merge_choices';

const customer = (more: Partial<Customer>): Customer =>
  ({ displayName: 'Hanbit', type: 'ORGANIZATION', registrationNumber: '', industry: '', employeeCount: '0', foundedYear: 0, source: '', owner: '', ...more }) as Customer;

describe('openChoices', () => {
  it('asks only where both say something else', () => {
    const fields = openChoices(customer({ industry: 'Optics', source: 'fair' }), customer({ displayName: '한빛', industry: 'Optics', employeeCount: '12' })).map(([field]) => field);
    expect(fields).toEqual(['display_name']);
  });
});
