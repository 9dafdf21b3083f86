// A browser on the console, and the same API that the console speaks, for looking behind it.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

export const address = process.env.CLIENTELE_ADDRESS ?? 'http://127.0.0.1:8080';

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export const launch = () => chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });

// A page on which nothing may go wrong: no fault, no refused style or script, no request to anywhere else.
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ locale: 'en-US', timezoneId: 'Asia/Seoul', viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const faults = [];
  page.on('pageerror', (error) => faults.push(`fault: ${error.message}`));
  page.on('console', (message) => {
    // The browser tells of each answer above 399 itself; those are shown by the page and looked at in the stories.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(address)) faults.push(`a request to ${request.url()}`);
  });
  return { page, faults, close: () => context.close() };
}

export async function call(token, verb, path, body) {
  const response = await fetch(address + path, {
    method: verb,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  assert.ok(response.ok, `${verb} ${path} answered ${response.status}: ${text}`);
  return text.includes('\n') ? text.trim().split('\n').map((line) => JSON.parse(line)) : JSON.parse(text);
}

export async function tokenFor(account) {
  const response = await fetch(`${address}/v1/signIn`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(account ? { account } : {}) });
  return (await response.json()).accessToken;
}

// A reader behind the end of a feed is told at once where that is.
async function headOf(token, source) {
  const stop = new AbortController();
  const response = await fetch(`${address}/v1/feeds/${source}:read?after=9223372036854775806`, { headers: { authorization: `Bearer ${token}` }, signal: stop.signal });
  const { value } = await response.body.getReader().read();
  stop.abort();
  return Number(JSON.parse(new TextDecoder().decode(value)).head);
}

// value-svc learns by feed; scores are made when it has heard everything.
export async function scoreEverything(token) {
  const heads = {};
  for (const source of ['customer', 'lifecycle']) {
    heads[source] = await headOf(token, source);
  }
  for (let tries = 0; ; ++tries) {
    const { feedPositions } = await call(token, 'GET', '/v1/facts:summarize');
    if (feedPositions.every(({ source, position }) => Number(position) >= (heads[source] ?? 0))) break;
    assert.ok(tries < 600, 'value-svc does not catch up');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await call(token, 'POST', '/v1/scores:rescore', {});
}

export async function signInAs(page, name) {
  await page.goto(`${address}/`);
  // Who is not among the first is found by name.
  const person = page.locator('.people button', { hasText: name }).first();
  await page.locator('.people button').first().waitFor();
  if ((await person.count()) === 0) await page.getByLabel('Find a person').fill(name);
  await person.click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
}

// `1,234` or `+12.3` as a number of tenths.
export const tenths = (text) => Math.round(Number(text.replace(/,/g, '').replace('\u2212', '-')) * 10);
export const figure = (text) => Number(text.replace(/,/g, ''));
