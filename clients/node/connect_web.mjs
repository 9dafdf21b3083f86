// Connect's gRPC-Web transport against clientele, as a web page would use it. A page has generated code; here the
// descriptors come from protoc at run time, so that nothing needs to be generated first.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const source = process.env.CLIENTELE_SOURCE;
const require = createRequire(join(source, 'package.json'));
const { Code, ConnectError, createClient } = require('@connectrpc/connect');
const { createGrpcWebTransport } = require('@connectrpc/connect-web');
const { createFileRegistry, fromBinary } = require('@bufbuild/protobuf');
const { FileDescriptorSetSchema } = require('@bufbuild/protobuf/wkt');

const set = join(mkdtempSync(join(process.env.CLIENTELE_SCRATCH ?? tmpdir(), 'protos-')), 'set');
execFileSync('protoc', [
  `-I${join(source, 'proto')}`, `-I${join(source, 'node_modules/google-gax/build/protos')}`, '--include_imports',
  `--descriptor_set_out=${set}`, 'clientele/customer/v1/customer_service.proto',
  'clientele/customer/v1/customer_feed.proto', 'clientele/gateway/v1/account_service.proto',
]);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(set)));

const transport = createGrpcWebTransport({
  baseUrl: `http://${process.env.CLIENTELE_ADDRESS}`,
  interceptors: [
    (next) => (request) => {
      request.header.set('authorization', `Bearer ${process.env.CLIENTELE_TOKEN}`);
      return next(request);
    },
  ],
});
const client = (service) => createClient(registry.getService(service), transport);
const accounts = client('clientele.gateway.v1.AccountService');
const customers = client('clientele.customer.v1.CustomerService');
const feed = client('clientele.customer.v1.CustomerFeedService');

const { account } = await accounts.whoAmI({});
assert.ok(account.subject);
const created = await customers.createCustomer({ customer: { displayName: '홍길동 😀', type: 1 } });
assert.equal(created.displayName, '홍길동 😀');
assert.equal((await customers.getCustomer({ name: created.name })).name, created.name);

try {
  await customers.getCustomer({ name: 'nonsense' });
  assert.fail('a malformed name was taken');
} catch (error) {
  assert.ok(error instanceof ConnectError);
  assert.equal(error.code, Code.InvalidArgument);
  assert.ok(error.details.length > 0, 'the details are there, too');
}

const stop = new AbortController();
let read = 0;
try {
  for await (const entry of feed.readFeed({}, { signal: stop.signal })) {
    assert.ok(entry);
    if (++read === 1) stop.abort();
  }
} catch (error) {
  assert.equal(ConnectError.from(error).code, Code.Canceled);
}
assert.ok(read > 0);
