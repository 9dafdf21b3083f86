// The customer's fields as text in a form, and back.
import type { ContactPoint, Customer } from '../../api/types';
import { wrongField } from '../../api/status';
import { amountText, parseAmount } from '../../format/exact';
import type { Form } from './conflict';

export type CustomerField =
  | 'displayName'
  | 'type'
  | 'registrationNumber'
  | 'industry'
  | 'employeeCount'
  | 'revenueAmount'
  | 'revenueCurrency'
  | 'foundedYear'
  | 'source'
  | 'tags'
  | 'email'
  | 'phone'
  | 'web';
export type CustomerForm = Form<CustomerField>;

export const fieldLabels: Record<CustomerField, string> = {
  displayName: 'Name',
  type: 'Type',
  registrationNumber: 'Registration number',
  industry: 'Industry',
  employeeCount: 'Employees',
  revenueAmount: 'Annual revenue',
  revenueCurrency: 'Currency',
  foundedYear: 'Founded',
  source: 'Source',
  tags: 'Tags',
  email: 'E-mail',
  phone: 'Phone',
  web: 'Web',
};

const pointKinds = { email: 'EMAIL', phone: 'PHONE', web: 'WEB' } as const;
const firstOf = (points: ContactPoint[], kind: string) => points.find((p) => p.kind === kind)?.value ?? '';
const orEmpty = (n: string | number) => (String(n) === '0' ? '' : String(n));

export function toForm(customer: Partial<Customer>): CustomerForm {
  const points = customer.contactPoints ?? [];
  return {
    displayName: customer.displayName ?? '',
    type: customer.type ?? 'ORGANIZATION',
    registrationNumber: customer.registrationNumber ?? '',
    industry: customer.industry ?? '',
    employeeCount: orEmpty(customer.employeeCount ?? 0),
    revenueAmount: amountText(customer.annualRevenue),
    revenueCurrency: customer.annualRevenue?.currencyCode ?? '',
    foundedYear: orEmpty(customer.foundedYear ?? 0),
    source: customer.source ?? '',
    tags: (customer.tags ?? []).join(', '),
    email: firstOf(points, 'EMAIL'),
    phone: firstOf(points, 'PHONE'),
    web: firstOf(points, 'WEB'),
  };
}

// The first point of a kind is the one in the form; those beside it stay.
function withPoint(points: ContactPoint[], kind: ContactPoint['kind'], value: string): ContactPoint[] {
  const at = points.findIndex((p) => p.kind === kind);
  if (at < 0) return value ? [...points, { kind, value, label: '' }] : points;
  if (!value) return points.filter((_, i) => i !== at);
  return points.map((p, i) => (i === at ? { ...p, value } : p));
}

export interface CustomerWrite {
  body: Partial<Customer>;
  mask: string[];
}

// What a write of these fields sends. Empty fields are in the mask without a value, which empties them.
export function toWrite(form: CustomerForm, fields: CustomerField[], before: Partial<Customer>): CustomerWrite {
  const body: Record<string, unknown> = {};
  const mask = new Set<string>();
  let points = before.contactPoints ?? [];
  for (const field of fields) {
    const value = form[field].trim();
    switch (field) {
      case 'revenueAmount':
      case 'revenueCurrency': {
        mask.add('annualRevenue');
        const amount = parseAmount(form.revenueAmount, form.revenueCurrency.trim().toUpperCase());
        if (form.revenueAmount.trim() && !amount) throw wrongField('annual_revenue', 'is no amount, as in 1,500,000');
        if (amount && !amount.currencyCode) throw wrongField('annual_revenue', 'needs a currency, as in KRW');
        if (amount) body.annualRevenue = amount;
        break;
      }
      case 'tags':
        mask.add('tags');
        body.tags = value
          .split(',')
          .map((tag) => tag.trim())
          .filter(Boolean);
        break;
      case 'email':
      case 'phone':
      case 'web':
        mask.add('contactPoints');
        points = withPoint(points, pointKinds[field], value);
        body.contactPoints = points;
        break;
      case 'employeeCount':
      case 'foundedYear':
        mask.add(field);
        if (value) body[field] = field === 'foundedYear' ? Number(value) : value;
        break;
      default:
        mask.add(field);
        if (value) body[field] = value;
    }
  }
  return { body: body as Partial<Customer>, mask: [...mask] };
}
