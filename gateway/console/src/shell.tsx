import type { ComponentChildren } from 'preact';
import { Component } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { words } from './format/words';
import { CustomerPage } from './pages/customer/customer_page';
import { CustomersPage } from './pages/customers';
import { InboxPage } from './pages/inbox';
import { LivePage } from './pages/live';
import { MarketsPage } from './pages/markets';
import { OpportunitiesPage } from './pages/opportunities';
import { OrderPage, OrdersPage } from './pages/orders';
import { OverviewPage } from './pages/overview';
import { RulesPage } from './pages/rules';
import { TeamsPage } from './pages/teams';
import { ValuePage } from './pages/value';
import { Link } from './parts/link';
import { navigate, useRoute } from './state/router';
import { useNames } from './state/directory';
import { useSession } from './state/session';

const pages: [path: string, title: string][] = [
  ['/', 'Overview'],
  ['/inbox', 'Inbox'],
  ['/customers', 'Customers'],
  ['/opportunities', 'Opportunities'],
  ['/orders', 'Orders'],
  ['/value', 'Value'],
  ['/markets', 'Markets'],
  ['/teams', 'Teams'],
  ['/rules', 'Rules'],
  ['/live', 'Live'],
];

function pageOf(path: string): [ComponentChildren, string] {
  const customer = /^\/customers\/([^/]+)$/.exec(path);
  if (customer) return [<CustomerPage key={customer[1]} name={`customers/${decodeURIComponent(customer[1]!)}`} />, 'Customer'];
  const order = /^\/orders\/([^/]+)$/.exec(path);
  if (order) return [<OrderPage key={order[1]} name={`orders/${decodeURIComponent(order[1]!)}`} />, 'Order'];
  switch (path) {
    case '/':
      return [<OverviewPage />, 'Overview'];
    case '/inbox':
      return [<InboxPage />, 'Inbox'];
    case '/customers':
      return [<CustomersPage />, 'Customers'];
    case '/opportunities':
      return [<OpportunitiesPage />, 'Opportunities'];
    case '/orders':
      return [<OrdersPage />, 'Orders'];
    case '/value':
      return [<ValuePage />, 'Value'];
    case '/markets':
      return [<MarketsPage />, 'Target markets'];
    case '/teams':
      return [<TeamsPage />, 'Teams'];
    case '/rules':
      return [<RulesPage />, 'Rules'];
    case '/live':
      return [<LivePage />, 'Live'];
    default:
      return [
        <p class="empty">
          There is no such page. <Link to="/">To the overview</Link>
        </p>,
        'No such page',
      ];
  }
}

// A fault in one page leaves the rest usable.
class Fence extends Component<{ children: ComponentChildren }, { fault?: Error }> {
  override state: { fault?: Error } = {};
  static override getDerivedStateFromError(fault: Error) {
    return { fault };
  }
  override render() {
    if (!this.state.fault) return this.props.children;
    return (
      <div class="notice bad" role="alert">
        <p>
          <strong>This page has a fault</strong>
          <span>{this.state.fault.message}</span>
        </p>
      </div>
    );
  }
}

export function Shell() {
  const { path } = useRoute();
  const [page, title] = pageOf(path);
  const main = useRef<HTMLElement>(null);
  const [open, setOpen] = useState(false);
  const first = useRef(true);
  useEffect(() => {
    document.title = `${title} · clientele`;
    setOpen(false);
    // Whoever listens to the page is taken to what is new on it.
    if (!first.current) main.current?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        To the content
      </a>
      <header class="top">
        <Link to="/" class="brand" aria-label="clientele, to the overview">
          <Mark /> <span>clientele</span>
        </Link>
        <SearchBox />
        <Account />
        <button type="button" class="menu-button" aria-expanded={open} aria-controls="pages" onClick={() => setOpen(!open)}>
          <span aria-hidden="true">☰</span>
          <span class="unseen">Menu</span>
        </button>
      </header>
      <nav id="pages" class={`side ${open ? 'open' : ''}`} aria-label="Pages">
        <ul>
          {pages.map(([to, name]) => (
            <li key={to}>
              <Link to={to} aria-current={path === to || (to !== '/' && path.startsWith(`${to}/`)) ? 'page' : undefined}>
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main" ref={main} tabIndex={-1}>
        <Fence key={path}>{page}</Fence>
      </main>
    </div>
  );
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M16 6l3.200 6h-6.400z" />
      <path d="M12 13.600h8l2.400 4.400H9.600z" opacity=".8" />
      <path d="M8.800 19.600h14.400l2.800 5.400H6z" opacity=".6" />
    </svg>
  );
}

// From anywhere by `/`.
function SearchBox() {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.key !== '/' || event.ctrlKey || event.metaKey || /^(input|textarea|select)$/i.test(target.tagName) || document.querySelector('dialog[open]')) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <form
      class="find"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const text = input.current!.value.trim();
        navigate(text ? `/customers?q=${encodeURIComponent(text)}` : '/customers');
      }}
    >
      <input ref={input} type="search" aria-label="Find customers" placeholder="Find customers  ( / )" autocomplete="off" />
    </form>
  );
}

function Account() {
  const session = useSession();
  const directory = useNames(session.directory);
  const teams = (session.account.teams ?? []).map((team) => directory.nameOf(team)).join(', ');
  return (
    <div class="account">
      <span class="who">
        <strong>{session.name}</strong>
        <span class="quiet small">
          {words(session.account.role)}
          {teams && ` · ${teams}`}
        </span>
      </span>
      <button type="button" onClick={session.signOut}>
        Sign out
      </button>
    </div>
  );
}
