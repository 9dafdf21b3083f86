// Reads /openapi.json and makes a page of it: every operation with its fields, and a form to try it.
'use strict';

const $ = (id) => document.getElementById(id);

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

let api;
const resolve = (schema) =>
  schema && schema.$ref ? api.components.schemas[schema.$ref.split('/').pop()] : schema || {};

function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split('/').pop().split('.').pop();
  if (schema.type === 'array') return typeOf(schema.items) + '[]';
  return [schema.type].flat().join(' or ') + (schema.format ? ` (${schema.format})` : '');
}

// An example of what to send: required fields, and one level of the others.
function example(schema, depth = 0) {
  const real = resolve(schema);
  if (real.enum) return real.enum[1] || real.enum[0];
  if (real.type === 'array') return [];
  if (real.type === 'object') {
    const result = {};
    for (const [name, field] of Object.entries(real.properties || {})) {
      if (field.readOnly || (depth > 1 && !(real.required || []).includes(name))) continue;
      if (depth > 3) break;
      result[name] = example(field, depth + 1);
    }
    return result;
  }
  if (real.format === 'date-time') return new Date().toISOString();
  if (real.type === 'boolean') return false;
  if (real.type === 'integer' || real.type === 'number') return 0;
  return real.format === 'int64' ? '0' : '';
}

function fieldTable(schema) {
  const real = resolve(schema);
  if (real.type !== 'object' || !real.properties) return element('p', {}, typeOf(schema));
  const table = element('table');
  for (const [name, field] of Object.entries(real.properties)) {
    const notes = [typeOf(field)];
    if (field.readOnly) notes.push('read only');
    if ((real.required || []).includes(name)) notes.push('required');
    const cell = element('td', {}, field.description || resolve(field).description || '');
    const inner = field.$ref || (field.items && field.items.$ref);
    if (inner) {
      const more = element('details', {}, element('summary', {}, typeOf(field.items || field)));
      more.addEventListener('toggle', () => {
        if (more.open && more.children.length === 1) more.append(fieldTable(field.items || field));
      });
      cell.append(more);
    }
    table.append(element('tr', {}, element('td', {}, element('code', {}, name), element('br'),
      element('span', { className: 'note' }, notes.join(', '))), cell));
  }
  return table;
}

function headersWithToken() {
  const token = $('token').value.trim();
  if (!token) return {};
  return token.startsWith('ck_') ? { 'x-api-key': token } : { authorization: 'Bearer ' + token };
}

async function show(output, request, options) {
  const controller = new AbortController();
  output.textContent = '';
  const stop = element('button', { type: 'button' }, 'Stop');
  stop.addEventListener('click', () => controller.abort());
  output.before(stop);
  try {
    const response = await fetch(request, { ...options, signal: controller.signal });
    output.textContent = `${response.status} ${response.statusText}\n`;
    for (const name of ['etag', 'retry-after']) {
      if (response.headers.has(name)) output.textContent += `${name}: ${response.headers.get(name)}\n`;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += value;
      output.append(value);
    }
    try {
      const pretty = JSON.stringify(JSON.parse(text), null, 2);
      output.textContent = output.textContent.slice(0, output.textContent.length - text.length) + '\n' + pretty;
    } catch { /* A stream of several: left as it came. */ }
  } catch (error) {
    output.append(String(error));
  } finally {
    stop.remove();
  }
}

function tryForm(verb, path, operation) {
  const form = element('form');
  const inputs = [];
  for (let parameter of operation.parameters || []) {
    if (parameter.$ref) parameter = api.components.parameters[parameter.$ref.split('/').pop()];
    const choices = resolve(parameter.schema).enum;
    const input = choices
      ? element('select', {}, element('option', { value: '' }, ''), ...choices.map((c) => element('option', {}, c)))
      : element('input', { type: 'text', required: parameter.in === 'path' });
    inputs.push([parameter, input]);
    form.append(element('p', {}, element('label', {}, `${parameter.name} `, input),
      element('span', { className: 'note' }, ` ${parameter.in}. ${parameter.description || ''}`)));
  }
  let body;
  if (operation.requestBody) {
    const [type, content] = Object.entries(operation.requestBody.content)[0];
    const sample = JSON.stringify(example(content.schema), null, type.endsWith('ndjson') ? 0 : 2);
    body = { type, area: element('textarea', { rows: 8, value: sample }) };
    form.append(element('label', {}, `Body (${type})`, body.area));
  }
  const output = element('pre', { ariaLive: 'polite' });
  form.append(element('button', {}, 'Send'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    let target = path;
    const query = new URLSearchParams();
    const headers = headersWithToken();
    for (const [parameter, input] of inputs) {
      const value = input.value;
      if (parameter.in === 'path') target = target.replace(`{${parameter.name}}`, encodeURIComponent(value));
      else if (value === '') continue;
      else if (parameter.in === 'header') headers[parameter.name] = value;
      else for (const one of parameter.schema.type === 'array' ? value.split(',') : [value]) query.append(parameter.name, one);
    }
    if (body && body.area.value.trim()) headers['content-type'] = body.type;
    if ([...query].length) target += '?' + query;
    show(output, target, { method: verb.toUpperCase(), headers,
      body: body && body.area.value.trim() ? body.area.value : undefined });
  });
  return element('div', {}, form, output);
}

function operationElement(verb, path, operation) {
  const details = element('details', { className: 'operation' });
  details.dataset.text = `${verb} ${path} ${operation.summary} ${operation.description || ''}`.toLowerCase();
  details.append(element('summary', {}, element('span', { className: 'verb' }, verb), element('code', {}, path),
    element('span', { className: 'note' }, ' ' + operation.summary)));
  details.addEventListener('toggle', () => {
    if (!details.open || details.children.length > 1) return;
    const answer = Object.values(operation.responses['200'].content)[0].schema;
    const inside = element('div', {}, element('p', { className: 'description' }, operation.description || ''),
      tryForm(verb, path, operation));
    if (operation.requestBody) {
      inside.append(element('h4', {}, 'Body'), fieldTable(Object.values(operation.requestBody.content)[0].schema));
    }
    inside.append(element('h4', {}, 'Answer'), fieldTable(answer));
    details.append(inside);
  });
  return details;
}

function render() {
  const main = $('main');
  main.textContent = '';
  main.append(element('p', { className: 'description' }, api.info.description));
  for (const tag of api.tags) {
    const section = element('section', {}, element('h2', {}, tag.name),
      element('p', { className: 'description' }, tag.description || ''));
    for (const [path, item] of Object.entries(api.paths)) {
      for (const [verb, operation] of Object.entries(item)) {
        if (operation.tags[0] === tag.name) section.append(operationElement(verb, path, operation));
      }
    }
    main.append(section);
  }
}

$('search').addEventListener('input', () => {
  const wanted = $('search').value.toLowerCase().split(/\s+/);
  for (const one of document.querySelectorAll('details.operation')) {
    one.hidden = !wanted.every((word) => one.dataset.text.includes(word));
  }
  for (const section of document.querySelectorAll('section')) {
    section.hidden = !section.querySelector('details.operation:not([hidden])');
  }
});

$('sign-in').addEventListener('click', async () => {
  const response = await fetch('/v1/signIn', { method: 'POST' });
  const answer = await response.json();
  if (response.ok) $('token').value = answer.accessToken;
  else alert(answer.message);
});

fetch('/openapi.json').then((response) => response.json()).then((document) => {
  api = document;
  render();
}).catch((error) => { $('main').replaceChildren(element('p', { className: 'failed' }, String(error))); });
