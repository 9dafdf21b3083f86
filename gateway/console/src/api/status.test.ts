import { describe, expect, it } from 'vitest';
import { ApiError, asApiError } from './status';

const wrongField = {
  code: 3,
  message: 'the request is not valid',
  details: [
    { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'BAD_FIELD', domain: 'clientele' },
    {
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: [{ field: 'customer.display_name', description: 'is required' }],
    },
  ],
};

describe('ApiError', () => {
  it('names the field and the reason', () => {
    const error = new ApiError(400, wrongField);
    expect(error.reason).toBe('BAD_FIELD');
    expect(error.fields).toEqual([{ field: 'customer.display_name', description: 'is required' }]);
    expect(error.fieldMessage('display_name')).toBe('is required');
    expect(error.fieldMessage('name')).toBeUndefined();
  });

  it('tells a missing RPC from a missing customer', () => {
    expect(new ApiError(404, { code: 5, message: 'no such path' }).notOffered).toBe(true);
    expect(new ApiError(404, { code: 5, message: 'no such path' }).notFound).toBe(false);
    expect(new ApiError(501, { code: 12, message: 'not implemented' }).notOffered).toBe(true);
    const customer = new ApiError(404, { code: 5, message: 'there is no customers/1' });
    expect(customer.notOffered).toBe(false);
    expect(customer.notFound).toBe(true);
  });

  it('knows a stale etag in both of its forms', () => {
    expect(new ApiError(409, { code: 10, message: 'the etag is not the current one' }).stale).toBe(true);
    expect(new ApiError(412, { code: 10 }).stale).toBe(true);
    expect(new ApiError(409, { code: 6, message: 'exists' }).stale).toBe(false);
  });

  it('reads when to come again', () => {
    const busy = { code: 8, details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' }] };
    expect(new ApiError(429, busy).retryAfterSeconds).toBe(1.5);
  });

  it('says in words that nobody answered', () => {
    expect(asApiError(new TypeError('Failed to fetch')).message).toBe('the server cannot be reached');
    expect(asApiError(new TypeError('Failed to fetch')).unavailable).toBe(true);
  });
});
