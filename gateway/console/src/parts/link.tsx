import type { ComponentChildren, JSX } from 'preact';
import { hrefOf, navigate } from '../state/router';
import { useNames } from '../state/directory';
import { useSession } from '../state/session';
import { idOf } from '../api/types';

interface LinkProps extends Omit<JSX.HTMLAttributes<HTMLAnchorElement>, 'href'> {
  to: string;
  children: ComponentChildren;
}

// A link of the console: opens here, or elsewhere when asked to (new tab).
export function Link({ to, onClick, ...rest }: LinkProps) {
  const go = (event: JSX.TargetedMouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return <a {...rest} href={hrefOf(to)} onClick={go} />;
}

export const customerPath = (customer: string): string => `/customers/${idOf(customer)}`;

// The name is shown as soon as it is known; `name` saves looking it up.
export function CustomerLink({ customer, name }: { customer: string; name?: string | undefined }) {
  const directory = useNames(useSession().directory);
  const known = name || directory.customerName(customer);
  if (!customer) return <span class="quiet">–</span>;
  return (
    <Link to={customerPath(customer)} class="name">
      {known || (known === undefined ? <span class="skeleton short" /> : idOf(customer))}
    </Link>
  );
}

// Of a team, representative or product.
export function Named({ resource, none = '–' }: { resource: string | null | undefined; none?: string }) {
  const directory = useNames(useSession().directory);
  return resource ? <span>{directory.nameOf(resource)}</span> : <span class="quiet">{none}</span>;
}
