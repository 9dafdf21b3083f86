// What a refused or failed call says: google.rpc.Status as JSON, with its details unpacked.

export interface FieldViolation {
  field: string;
  description: string;
}
export interface PreconditionViolation {
  type: string;
  subject: string;
  description: string;
}

const enum Code {
  invalidArgument = 3,
  notFound = 5,
  permissionDenied = 7,
  resourceExhausted = 8,
  failedPrecondition = 9,
  aborted = 10,
  unimplemented = 12,
  unavailable = 14,
  unauthenticated = 16,
}

interface StatusJson {
  code?: number;
  message?: string;
  details?: Array<Record<string, unknown>>;
}

function detail(status: StatusJson, type: string): Record<string, unknown> | undefined {
  return status.details?.find((d) => String(d['@type']).endsWith(`/google.rpc.${type}`));
}

export class ApiError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly fields: FieldViolation[];
  readonly preconditions: PreconditionViolation[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly httpStatus: number,
    status: StatusJson,
  ) {
    super(status.message || `the server answered ${httpStatus}`);
    this.name = 'ApiError';
    this.code = status.code ?? 0;
    this.reason = String(detail(status, 'ErrorInfo')?.reason ?? '');
    this.fields = (detail(status, 'BadRequest')?.fieldViolations ?? []) as FieldViolation[];
    this.preconditions = (detail(status, 'PreconditionFailure')?.violations ?? []) as PreconditionViolation[];
    const delay = /^([\d.]+)s$/.exec(String(detail(status, 'RetryInfo')?.retryDelay ?? ''));
    this.retryAfterSeconds = delay ? Number(delay[1]) : undefined;
  }

  // The server does not have this RPC: an older one, or a part that is not installed.
  get notOffered(): boolean {
    return this.code === Code.unimplemented || this.httpStatus === 405 || (this.httpStatus === 404 && /no such path/.test(this.message));
  }
  get notFound(): boolean {
    return this.code === Code.notFound && !this.notOffered;
  }
  // Somebody else was faster: the etag is not the current one.
  get stale(): boolean {
    return this.code === Code.aborted || this.httpStatus === 412;
  }
  get forbidden(): boolean {
    return this.code === Code.permissionDenied;
  }
  get signedOut(): boolean {
    return this.code === Code.unauthenticated || this.httpStatus === 401;
  }
  get refused(): boolean {
    return this.code === Code.failedPrecondition;
  }
  get unavailable(): boolean {
    return this.code === Code.unavailable || this.code === Code.resourceExhausted || this.httpStatus === 0;
  }

  fieldMessage(field: string): string | undefined {
    return this.fields.find((f) => f.field === field || f.field.endsWith(`.${field}`))?.description;
  }
}

export async function toApiError(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '');
  try {
    return new ApiError(response.status, JSON.parse(text) as StatusJson);
  } catch {
    return new ApiError(response.status, { message: text.slice(0, 200) });
  }
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const message = error instanceof TypeError ? 'the server cannot be reached' : String((error as Error)?.message ?? error);
  return new ApiError(0, { message });
}

// What the console itself can see to be wrong, in the same form.
export function wrongField(field: string, description: string): ApiError {
  const violations = { '@type': 'type.googleapis.com/google.rpc.BadRequest', fieldViolations: [{ field, description }] };
  return new ApiError(400, { code: Code.invalidArgument, message: 'a field is not right', details: [violations] });
}
