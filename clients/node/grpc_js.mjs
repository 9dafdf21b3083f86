// @grpc/grpc-js against clientele: unary calls, errors with details, a stream.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

const source = process.env.CLIENTELE_SOURCE;
const require = createRequire(join(source, 'package.json'));
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const definition = loader.loadSync(
  ['clientele/customer/v1/customer_service.proto', 'clientele/customer/v1/customer_feed.proto'],
  {
    includeDirs: [join(source, 'proto'), join(source, 'node_modules/google-gax/build/protos')],
    longs: String, // 64-bit integers are exact as text only.
    enums: String,
    defaults: true,
  },
);
const { CustomerService, CustomerFeedService } = grpc.loadPackageDefinition(definition).clientele.customer.v1;
const credentials = grpc.credentials.createInsecure();
const customers = new CustomerService(process.env.CLIENTELE_ADDRESS, credentials);
const feed = new CustomerFeedService(process.env.CLIENTELE_ADDRESS, credentials);

const metadata = new grpc.Metadata();
metadata.set('authorization', `Bearer ${process.env.CLIENTELE_TOKEN}`);
const call = (method, request) =>
  new Promise((resolve, reject) => {
    const deadline = Date.now() + 20_000;
    customers[method](request, metadata, { deadline }, (error, answer) => (error ? reject(error) : resolve(answer)));
  });

const requestId = randomUUID();
const created = await call('CreateCustomer', {
  customer: { displayName: '홍길동 😀', type: 'PERSON' },
  requestId,
});
assert.match(created.name, /^customers\//);
assert.equal(created.displayName, '홍길동 😀');
const again = await call('CreateCustomer', { customer: { displayName: '홍길동 😀', type: 'PERSON' }, requestId });
assert.equal(again.name, created.name);

const changed = await call('UpdateCustomer', {
  customer: { name: created.name, displayName: '김철수', etag: created.etag },
  updateMask: { paths: ['display_name'] },
});
assert.equal(changed.displayName, '김철수');
assert.notEqual(changed.etag, created.etag);
await assert.rejects(
  call('UpdateCustomer', {
    customer: { name: created.name, displayName: 'x', etag: created.etag },
    updateMask: { paths: ['display_name'] },
  }),
  (error) => {
    assert.equal(error.code, grpc.status.ABORTED);
    assert.ok(error.metadata.get('grpc-status-details-bin')[0].includes('STALE_ETAG'));
    return true;
  },
);
await assert.rejects(call('GetCustomer', { name: 'nonsense' }), { code: grpc.status.INVALID_ARGUMENT });

const page = await call('ListCustomers', { pageSize: 1 });
assert.equal(page.customers.length, 1);

// Feeds are in order and without gaps, from the beginning.
const stream = feed.ReadFeed({}, metadata, { deadline: Date.now() + 20_000 });
const first = await new Promise((resolve, reject) => {
  stream.once('data', resolve);
  stream.once('error', reject);
});
assert.ok(first);
stream.on('error', () => {}); // Cancelling is how one stops reading.
stream.cancel();
customers.close();
feed.close();
