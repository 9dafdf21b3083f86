import { describe, expect, it } from 'vitest';
import type { Customer } from '../../api/types';
import { toForm, toWrite } from './customer_form';

const customer = {
  displayName: '한빛광학',
  type: 'ORGANIZATION',
  employeeCount: '120',
  annualRevenue: { currencyCode: 'KRW', units: '1200000000', nanos: 0 },
  tags: ['key account', '광학'],
  contactPoints: [
    { kind: 'EMAIL', value: 'a@x.kr', label: '' },
    { kind: 'EMAIL', value: 'b@x.kr', label: 'billing' },
  ],
} as Partial<Customer>;

describe('customer form', () => {
  it('shows what there is', () => {
    const form = toForm(customer);
    expect([form.displayName, form.employeeCount, form.revenueAmount, form.tags, form.email]).toEqual(['한빛광학', '120', '1200000000', 'key account, 광학', 'a@x.kr']);
    expect(toForm({}).foundedYear).toBe('');
  });
  it('writes the changed fields only, and empties what was emptied', () => {
    const form = { ...toForm(customer), industry: 'Optics', employeeCount: '', revenueAmount: '5,000.5' };
    expect(toWrite(form, ['industry', 'employeeCount', 'revenueAmount'], customer)).toEqual({
      body: { industry: 'Optics', annualRevenue: { currencyCode: 'KRW', units: '5000', nanos: 500_000_000 } },
      mask: ['industry', 'employeeCount', 'annualRevenue'],
    });
  });
  it('refuses an amount that is none instead of emptying the field', () => {
    expect(() => toWrite({ ...toForm(customer), revenueAmount: 'a lot' }, ['revenueAmount'], customer)).toThrow('a field is not right');
  });
  it('keeps the contact points that it does not show', () => {
    const { body } = toWrite({ ...toForm(customer), email: '', phone: '010-1234' }, ['email', 'phone'], customer);
    expect(body.contactPoints).toEqual([
      { kind: 'EMAIL', value: 'b@x.kr', label: 'billing' },
      { kind: 'PHONE', value: '010-1234', label: '' },
    ]);
  });
});
