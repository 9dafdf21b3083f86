// Enum names as people say them.
const special: Record<string, string> = {
  REPURCHASE: 'Re-purchase',
  CUSTOMER_SERVICE: 'Service',
  EMAIL: 'E-mail',
  NOT_HELD: 'Not held',
  KIND_UNSPECIFIED: '',
};

// `SALES_CONTRIBUTION` → `Sales contribution`; nothing for `…_UNSPECIFIED`.
export function words(name: string | null | undefined): string {
  if (!name || name.endsWith('_UNSPECIFIED')) return '';
  const known = special[name];
  if (known !== undefined) return known;
  const text = name.toLowerCase().replace(/_/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// `type.googleapis.com/clientele.lifecycle.v1.OrderPlaced` → `Order placed`.
export function eventWords(type: string): string {
  const name = type.slice(type.lastIndexOf('.') + 1);
  const text = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// A filter's text is quoted, so that what someone types is never taken for a part of the filter.
export function quoted(text: string): string {
  return `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"')}"`;
}
export function allOf(...terms: (string | false | null | undefined)[]): string {
  return terms.filter(Boolean).join(' AND ');
}
