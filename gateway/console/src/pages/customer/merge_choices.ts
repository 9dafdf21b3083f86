import type { Customer } from '../../api/types';
import { showMoney } from '../../format/show';
import { words } from '../../format/words';

// Fields whose value has to be one of the two; contact points, addresses and tags add up by themselves.
const choices: [field: string, label: string, text: (customer: Customer) => string][] = [
  ['display_name', 'Name', (c) => c.displayName],
  ['type', 'Type', (c) => words(c.type)],
  ['registration_number', 'Registration number', (c) => c.registrationNumber],
  ['industry', 'Industry', (c) => c.industry],
  ['employee_count', 'Employees', (c) => (c.employeeCount === '0' ? '' : c.employeeCount)],
  ['annual_revenue', 'Annual revenue', (c) => (c.annualRevenue?.currencyCode ? showMoney(c.annualRevenue) : '')],
  ['founded_year', 'Founded', (c) => (c.foundedYear ? String(c.foundedYear) : '')],
  ['source', 'Source', (c) => c.source],
  ['owner', 'Owner', (c) => c.owner],
];

// Where both say something, and not the same, a person chooses; otherwise there is nothing to choose.
export const openChoices = (a: Customer, b: Customer) => choices.filter(([, , text]) => text(a) !== '' && text(b) !== '' && text(a) !== text(b));
