// What people do in the console, in a browser over the built binaries and a sample company of 300 customers.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { address, call, figure, launch, newPage, scoreEverything, signInAs, tenths, tokenFor } from './browser.mjs';

// Values of this run, so that it may be repeated on the same company.
const run = Date.now().toString(36);
let browser, administrator, customers, representatives;

before(async () => {
  administrator = await tokenFor();
  await scoreEverything(administrator);
  ({ customers } = await call(administrator, 'GET', '/v1/customers?pageSize=1000'));
  ({ representatives } = await call(administrator, 'GET', '/v1/representatives?pageSize=1000'));
  browser = await launch();
});
after(() => browser?.close());

// Runs a story on a page of its own, on which nothing may go wrong.
const story = (name, tell, options) =>
  it(name, { timeout: 60_000 }, async () => {
    const { page, faults, close } = await newPage(browser, options);
    try {
      await tell(page);
      assert.deepEqual(faults, []);
    } finally {
      await close();
    }
  });

const open = async (page, path) => {
  await page.goto(`${address}/console${path}`);
  await page.locator('main').waitFor();
};
const openCustomer = async (page, customer) => {
  await open(page, `/${customer.name}`);
  await page.getByRole('heading', { level: 1, name: customer.displayName }).waitFor();
};
const textOf = (page, selector) => page.locator(selector).first().innerText();

describe('signing in', () => {
  story('the address of the gateway leads there, and the token stays in the tab', async (page) => {
    const response = await page.goto(`${address}/`);
    assert.equal(new URL(page.url()).pathname, '/console/');
    assert.match(response.headers()['content-security-policy'], /default-src 'none'; script-src 'self'/);
    await signInAs(page, 'Administrator');
    assert.equal(await page.evaluate(() => localStorage.length + document.cookie.length), 0);
    assert.equal(await page.evaluate(() => sessionStorage.length), 1);
    await page.reload();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Sign in with a token').waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  });

  story('a token may be pasted; a wrong one is refused in words', async (page) => {
    await page.goto(`${address}/console/`);
    await page.getByText('Sign in with a token').click();
    await page.getByLabel('Access token').fill('not.a.token');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Access token').fill(`Bearer ${await tokenFor({ subject: 'users/ann', role: 'ANALYST' })}`);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    assert.match(await textOf(page, '.who'), /ann\s+Analyst/);
  });

  story('a token that has ended leads back to the sign-in', async (page) => {
    await signInAs(page, 'Administrator');
    await page.evaluate(() => {
      const session = JSON.parse(sessionStorage.getItem('clientele.session'));
      sessionStorage.setItem('clientele.session', JSON.stringify({ ...session, token: `${session.token}x` }));
    });
    await page.reload();
    await page.getByText('The session has ended').waitFor();
  });
});

describe('figures', () => {
  story('the funnel adds up to all customers, and to what the API says', async (page) => {
    await signInAs(page, 'Administrator');
    const sum = page.locator('.sum[data-sum]');
    await sum.waitFor();
    const funnel = await call(administrator, 'GET', '/v1/funnel');
    assert.equal(await sum.getAttribute('data-sum'), funnel.customerCount);
    assert.equal(await sum.getAttribute('data-whole'), funnel.customerCount);
    let inStages = 0;
    for (const row of funnel.stages) {
      const shown = await textOf(page, `tr[data-stage=${row.stage}] [data-figure=current]`);
      assert.equal(shown.replace(/,/g, ''), row.currentCount);
      inStages += figure(shown);
    }
    assert.equal(inStages + Number(funnel.lostCount) + Number(funnel.dormantCount), Number(funnel.customerCount));
    const tiers = await page.locator('tr[data-tier] [data-figure=customers]').allInnerTexts();
    assert.equal(tiers.reduce((n, text) => n + figure(text.split(/\s/)[0]), 0), figure(await textOf(page, '[data-figure=all]')));
  });

  story('a stage opens the list behind it, with exactly as many customers', async (page) => {
    await signInAs(page, 'Administrator');
    const row = page.locator('tr[data-stage=ORDER]');
    const count = figure(await row.locator('[data-figure=current]').innerText());
    await row.getByRole('link').click();
    await page.getByRole('heading', { name: 'In this stage now' }).waitFor();
    let listed = 0;
    for (;;) {
      await page.locator('.stale, .skeletons').first().waitFor({ state: 'detached' });
      listed += await page.locator('tbody tr').count();
      const next = page.getByRole('button', { name: 'Next' });
      if (!(await next.count()) || (await next.isDisabled())) break;
      const before = await textOf(page, '.pager .quiet');
      await next.click();
      await page.waitForFunction((old) => document.querySelector('.pager .quiet')?.textContent !== old, before);
    }
    assert.equal(listed, count);
  });

  story('the waterfall of a score adds up exactly as it is shown', async (page) => {
    await signInAs(page, 'Administrator');
    const { scores } = await call(administrator, 'GET', '/v1/scores?pageSize=40');
    for (const score of [scores[0], scores[7], scores[39]]) {
      const customer = customers.find((c) => `${c.name}/score` === score.name);
      await openCustomer(page, customer);
      await page.locator('[data-step=score]').waitFor();
      const steps = await page.locator('[data-step]:not([data-step=score])').allInnerTexts();
      assert.equal(steps.length, 6);
      assert.equal(steps.map(tenths).reduce((a, b) => a + b), tenths(await textOf(page, '[data-step=score]')));
      assert.equal(await page.getByText('adds up to the millionth').count(), 1);
    }
  });
});

describe('customers', () => {
  story('are found by a part of a Korean name from anywhere', async (page) => {
    const korean = customers.find((c) => /[가-힣]{3}/.test(c.displayName));
    await signInAs(page, 'Administrator');
    await page.keyboard.press('/');
    await page.keyboard.type(/[가-힣]{3}/.exec(korean.displayName)[0]);
    await page.keyboard.press('Enter');
    const link = page.getByRole('link', { name: korean.displayName, exact: true }).first();
    await link.click();
    await page.getByRole('heading', { level: 1, name: korean.displayName }).waitFor();
    await page.locator('.track li').nth(4).waitFor();
    assert.equal(await page.locator('.track li').count(), 5);
  });

  story('are sorted and paged by the server, there and back', async (page) => {
    await signInAs(page, 'Administrator');
    await open(page, '/customers');
    await page.getByRole('button', { name: 'Name' }).click();
    await page.locator('th[aria-sort=ascending]').waitFor();
    const names = () => page.locator('tbody .name').allInnerTexts();
    await page.waitForFunction(() => !document.querySelector('.skeletons'));
    const first = await names();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Page 2').waitFor();
    await page.waitForFunction(() => !document.querySelector('.skeletons'));
    const second = await names();
    assert.equal(second.filter((name) => first.includes(name)).length, 0);
    await page.getByRole('button', { name: 'Previous' }).click();
    await page.getByText('Page 1').waitFor();
    await page.waitForFunction(() => !document.querySelector('.skeletons'));
    assert.deepEqual(await names(), first);
  });

  story('two people edit the same one, and nothing of either is lost', async (page) => {
    const customer = customers.find((c) => c.industry);
    await signInAs(page, 'Administrator');
    await openCustomer(page, customer);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Source').fill(`fair ${run}`);
    await dialog.getByLabel('Industry').fill(`Mine ${run}`);
    // Someone else, meanwhile.
    const foundedYear = customer.foundedYear === 1987 ? 1988 : 1987;
    await call(administrator, 'PATCH', `/v1/${customer.name}?updateMask=industry,foundedYear`, { industry: `Theirs ${run}`, foundedYear });
    await dialog.getByRole('button', { name: 'Save' }).click();
    const conflict = dialog.locator('[data-conflict]');
    await conflict.waitFor();
    assert.match(await conflict.innerText(), /Someone else changed this customer/);
    assert.match(await conflict.innerText(), new RegExp(`Founded \\(${foundedYear}\\)`));
    assert.match(await conflict.innerText(), new RegExp(`Industry: yours is “Mine ${run}”, theirs is “Theirs ${run}”`));
    assert.equal((await call(administrator, 'GET', `/v1/${customer.name}`)).industry, `Theirs ${run}`);
    await conflict.getByRole('button', { name: 'Take theirs' }).click();
    await dialog.getByRole('button', { name: 'Save over it' }).click();
    await dialog.waitFor({ state: 'detached' });
    const now = await call(administrator, 'GET', `/v1/${customer.name}`);
    assert.deepEqual([now.industry, now.source, now.foundedYear], [`Theirs ${run}`, `fair ${run}`, foundedYear]);
  });

  story('a wrong field is told with its reason', async (page) => {
    await signInAs(page, 'Administrator');
    await openCustomer(page, customers[1]);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await page.getByLabel('Founded').fill('99');
    await page.getByRole('button', { name: 'Save' }).click();
    const alert = page.getByRole('dialog').getByRole('alert');
    await alert.waitFor();
    assert.match(await alert.innerText(), /founded_year/);
  });

  story('an interaction that was sent twice is logged once', async (page) => {
    const customer = customers[2];
    const subject = `보내기 <b>twice</b> ${run}`;
    await signInAs(page, 'Administrator');
    await openCustomer(page, customer);
    // The first answer gets lost on its way back.
    let lost = false;
    await page.route('**/interactions?*', async (route) => {
      if (lost || route.request().method() !== 'POST') return route.continue();
      lost = true;
      await route.fetch();
      await route.abort();
    });
    await page.getByRole('button', { name: 'Log interaction' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Subject').fill(subject);
    await dialog.getByRole('button', { name: 'Log', exact: true }).click();
    await dialog.getByText('the server cannot be reached').waitFor();
    await dialog.getByRole('button', { name: 'Log', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    // Shown as it was typed: text is never taken for markup.
    await page.locator('.timeline').getByText(subject).first().waitFor();
    const { interactions } = await call(administrator, 'GET', `/v1/${customer.name}/interactions?pageSize=1000`);
    assert.equal(interactions.filter((one) => one.subject === subject).length, 1);
  });

  story('a need is added, and a journey is moved with its reason', async (page) => {
    const { journeys } = await call(administrator, 'GET', `/v1/journeys?pageSize=1&filter=${encodeURIComponent('stage = REPURCHASE')}`);
    const customer = customers.find((c) => `${c.name}/journey` === journeys[0].name);
    await signInAs(page, 'Administrator');
    await openCustomer(page, customer);
    await page.getByRole('button', { name: 'Add need' }).click();
    await page.getByLabel('What for').fill('A second line');
    await page.getByLabel('Budget').fill('1,500,000');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('.cards').getByText('₩1,500,000').first().waitFor();
    await page.getByRole('button', { name: 'Move', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^From/).selectOption('DORMANT');
    const submit = dialog.getByRole('button', { name: 'Move to dormant' });
    await dialog.getByText('Why (required)').waitFor();
    assert.equal(await submit.isDisabled(), true);
    await dialog.getByLabel('Why (required)').fill('Closed for the season');
    await submit.click();
    await dialog.waitFor({ state: 'detached' });
    await page.locator('.journey .aside').getByText('Dormant').waitFor();
    assert.equal((await call(administrator, 'GET', `/v1/${journeys[0].name}`)).stage, 'DORMANT');
  });

  story('what a customer may owe is set and lifted', async (page) => {
    const customer = customers[2];
    await signInAs(page, 'Administrator');
    await openCustomer(page, customer);
    const panel = page.locator('.panel', { has: page.getByRole('heading', { name: 'Orders', exact: true }) });
    const set = async (amount, button) => {
      await panel.getByRole('button', { name: 'Credit limit' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('May owe').fill(amount);
      await dialog.getByRole('button', { name: button, exact: true }).click();
      await dialog.waitFor({ state: 'detached' });
    };
    await set('12,345', 'Set');
    await panel.getByText('may owe $12,345.00').waitFor();
    assert.equal((await call(administrator, 'GET', `/v1/${customer.name}/creditLimit`)).amount.units, '12345');
    await set('', 'Lift');
    await panel.getByText('no credit limit').waitFor();
  });
});

describe('what to do next', () => {
  story('what is missing for the next stage is told with who supplies it, and supplying it raises the share', async (page) => {
    const { journeys } = await call(administrator, 'GET', `/v1/journeys?pageSize=50&filter=${encodeURIComponent('stage = LEAD')}`);
    const names = journeys.map((journey) => journey.name.replace('/journey', ''));
    const { completenesses } = await call(administrator, 'POST', '/v1/customers:batchCheckCompleteness', { names, stage: 'OPPORTUNITY' });
    const lacking = completenesses.find((one) => one.missingItems.some((item) => /budget/i.test(item.description)));
    const customer = customers.find((c) => c.name === lacking.customer);
    await signInAs(page, 'Administrator');
    await openCustomer(page, customer);
    const panel = page.locator('.panel', { hasText: 'What is known for opportunity' });
    await panel.locator('.complete strong').waitFor();
    assert.equal(await panel.locator('.complete strong').innerText(), `${Math.round(lacking.share * 100)}%`);
    for (const item of lacking.missingItems) {
      const line = panel.locator('.missing li', { hasText: item.description });
      assert.equal((await line.locator('.tag').innerText()).toUpperCase(), item.supplier);
    }
    await page.getByRole('button', { name: 'Add need' }).click();
    await page.getByLabel('What for').fill('A line for the new hall');
    await page.getByLabel('Budget').fill('90,000');
    await page.getByLabel('They decide on').fill('2027-03-31');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.waitForFunction((before) => {
      const panels = [...document.querySelectorAll('.panel')].find((p) => p.textContent.includes('What is known for'));
      const text = panels?.querySelector('.complete strong')?.textContent;
      return text !== undefined && Number.parseInt(text) > before;
    }, Math.round(lacking.share * 100));
  });

  story('an administrator sees what a changed rule would do before it is saved', async (page) => {
    await signInAs(page, 'Administrator');
    await open(page, '/rules');
    await page.locator('.panel', { has: page.getByRole('heading', { name: 'Lead', exact: true }) }).getByRole('button', { name: 'Change' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('0 customers would newly fall short').waitFor();
    await dialog.getByLabel('Ask for another field').selectOption('registration_number');
    const set = await call(administrator, 'GET', '/v1/requirementSets/lead');
    const requirements = [...set.requirements, { id: 'registration_number', description: 'x', supplier: 'SALES', weight: 1, field: 'registration_number' }];
    const { newlyShortCount } = await call(administrator, 'POST', '/v1/requirementSets/lead:preview', { requirementSet: { requirements } });
    assert.ok(Number(newlyShortCount) > 0);
    await dialog.getByText(`${newlyShortCount} customers would newly fall short`).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    assert.equal((await call(administrator, 'GET', '/v1/requirementSets/lead')).etag, set.etag);
  });

  story('a reminder lies in the inbox until it is done', async (page) => {
    await signInAs(page, 'Administrator');
    await openCustomer(page, customers[5]);
    await page.getByRole('button', { name: 'Remind' }).click();
    await page.getByLabel('What to do').fill(`견적서 보내기 ${run}`);
    await page.getByRole('dialog').getByRole('button', { name: 'Remind' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await open(page, '/inbox?kind=REMINDER');
    const line = page.locator('tbody tr', { hasText: `견적서 보내기 ${run}` });
    await line.getByRole('button', { name: 'Done' }).click();
    await page.getByLabel('What came of it').fill('Sent');
    await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
    await line.waitFor({ state: 'detached' });
    await page.getByLabel('Show').selectOption('DONE');
    await line.getByText('Sent').waitFor();
  });
});

describe('access', () => {
  const countOf = async (page) => {
    await page.locator('.sum[data-whole]').waitFor();
    return Number(await page.locator('.sum[data-whole]').getAttribute('data-whole'));
  };
  const busiest = () => {
    const count = (one) => customers.filter((c) => c.owner === one.name).length;
    return representatives.filter((one) => !one.manager).sort((a, b) => count(b) - count(a))[0];
  };

  story('a representative sees less than the manager, who sees less than all; figures and lists agree', async (page) => {
    const representative = busiest();
    await signInAs(page, representative.displayName);
    const own = await countOf(page);
    assert.ok(own > 0 && own < customers.length, `${own} of ${customers.length}`);
    const token = await page.evaluate(() => JSON.parse(sessionStorage.getItem('clientele.session')).token);
    const listed = (await call(token, 'GET', '/v1/customers?pageSize=1000')).customers;
    assert.equal(own, listed.length);
    // Someone else's customer cannot be told from one that does not exist.
    const foreign = customers.find((c) => !listed.some((mine) => mine.name === c.name));
    await open(page, `/${foreign.name}`);
    await page.getByText('There is no such customer, or not for you').waitFor();
    assert.equal(await page.getByText(foreign.displayName).count(), 0);
    await open(page, '/live');
    await page.getByText('Not for your role').waitFor();

    const manager = representatives.find((one) => one.manager && one.team === representative.team) ?? representatives.find((one) => one.manager);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signInAs(page, manager.displayName);
    const managed = await countOf(page);
    assert.ok(managed <= customers.length && managed > 0);
    if (manager.team === representative.team) assert.ok(managed >= own);
  });

  story('an analyst sees everything and is offered no change', async (page) => {
    await signInAs(page, 'Analyst');
    assert.equal(await countOf(page), customers.length);
    await openCustomer(page, customers[0]);
    await page.locator('.track').waitFor();
    for (const name of ['Edit', 'Move', 'Log interaction', 'Add need', 'Add contact', 'Credit limit']) {
      assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name);
    }
  });
});

describe('everyday', () => {
  story('what happens shows at once on the live page', async (page) => {
    await signInAs(page, 'Analyst');
    await open(page, '/live');
    await page.locator('.light.live').first().waitFor();
    await page.getByRole('heading', { name: 'As it happens' }).waitFor();
    await call(administrator, 'POST', '/v1/customers', { displayName: `방금 생긴 고객 ${run}`, type: 'ORGANIZATION' });
    await page.locator('.timeline').getByText(`방금 생긴 고객 ${run}`).first().waitFor();
  });

  story('a deal is moved on the board by keyboard, and won with its order', async (page) => {
    const made = await call(administrator, 'POST', '/v1/opportunities', { customer: customers[3].name, displayName: `Board deal ${run}`, step: 'NEGOTIATION', amount: { currencyCode: 'KRW', units: '7000000' } });
    await signInAs(page, 'Administrator');
    await open(page, '/opportunities');
    const card = () => page.locator('.card', { hasText: `Board deal ${run}` });
    // The newest is on the last page of its column.
    const column = (step) => page.locator(`[data-step=${step}]`);
    const toLast = async (step) => {
      await column(step).locator('.card, .empty').first().waitFor();
      for (;;) {
        const next = column(step).getByRole('button', { name: 'Next' });
        if (!(await next.count()) || (await next.isDisabled())) return;
        const before = await column(step).locator('.pager .quiet').innerText();
        await next.click();
        await page.waitForFunction(([s, old]) => document.querySelector(`[data-step=${s}] .pager .quiet`)?.textContent !== old, [step, before]);
        await column(step).locator('.card').first().waitFor();
      }
    };
    await toLast('NEGOTIATION');
    await card().getByRole('combobox').selectOption('WON');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('₩7,000,000').waitFor();
    await dialog.getByRole('button', { name: 'Place the order' }).click();
    await dialog.waitFor({ state: 'detached' });
    const won = await call(administrator, 'GET', `/v1/${made.name}`);
    assert.equal(won.step, 'WON');
    await open(page, `/${won.order}`);
    await page.getByRole('button', { name: 'Record payment' }).click();
    await page.getByRole('button', { name: 'Record', exact: true }).click();
    await page.getByText('₩0 open').waitFor();
  });

  story('a part that the server does not have says so, and the rest is shown', async (page) => {
    await page.route('**/v1/pyramid*', (route) => route.fulfill({ status: 404, contentType: 'application/json', body: '{"code":5,"message":"no such path"}' }));
    await page.route('**/v1/orders:summarize*', (route) => route.fulfill({ status: 503, contentType: 'application/json', body: '{"code":14,"message":"lifecycle-svc cannot be reached"}' }));
    await signInAs(page, 'Administrator');
    await page.getByText('Not offered by this server: the pyramid').waitFor();
    await page.getByText('lifecycle-svc cannot be reached').first().waitFor();
    await page.locator('tr[data-stage=TARGET]').waitFor();
  });

  story('the keyboard alone is enough', async (page) => {
    await signInAs(page, 'Administrator');
    await openCustomer(page, customers[0]);
    const edit = page.getByRole('button', { name: 'Edit', exact: true });
    await edit.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    assert.equal(await page.evaluate(() => document.querySelector('dialog').contains(document.activeElement)), true);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Edit');
    await page.evaluate(() => document.activeElement.blur());
    await page.locator('.skip').focus();
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
  });

  const pages = ['/', '/inbox', '/customers', '/customers?view=value', '/opportunities', '/orders', '/value', '/markets', '/teams', '/rules', '/live'];
  for (const [width, colorScheme] of [[360, 'light'], [1920, 'dark']]) {
    story(
      `every page fits into ${width} pixels, and every field has a name`,
      async (page) => {
        await signInAs(page, 'Administrator');
        for (const path of [...pages, `/${customers[0].name}`]) {
          await open(page, path);
          await page.waitForFunction(() => document.querySelector('main h1') && !document.querySelector('.skeletons'));
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${path} is wider than the window`);
          const nameless = await page.evaluate(() =>
            [...document.querySelectorAll('input, select, textarea, button')].filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.labels?.length)).map((e) => e.outerHTML),
          );
          assert.deepEqual(nameless, [], path);
        }
      },
      { viewport: { width, height: 800 }, colorScheme },
    );
  }
});
