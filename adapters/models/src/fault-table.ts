// What the vendors' refusals mean, as data. The first row that fits decides.
//
// Sources: the error pages of OpenAI, Anthropic, Google, Mistral, AWS and NVIDIA, and what llama.cpp, vLLM, Ollama and
// LM Studio answer. Status codes alone do not decide: OpenAI says 429 to an empty account, Anthropic 400.

import type { FailureKind } from '@chorale/module-models';

export interface FaultRow {
  /** What the row is about; unique. */
  readonly name: string;
  readonly status?: readonly number[];
  /** Tried on the codes, types and states of the body, joined by spaces. */
  readonly code?: RegExp;
  /** Tried on the message of the body. */
  readonly says?: RegExp;
  readonly kind: FailureKind;
}

export const faultTable: readonly FaultRow[] = [
  // Money and quotas, whatever their status.
  { name: 'no credit by status', status: [402], kind: 'credit-exhausted' },
  {
    name: 'credit balance',
    says: /credit balance is too low|insufficient (credits|balance|funds)/i,
    kind: 'credit-exhausted',
  },
  {
    name: 'no credit by code',
    code: /\b(billing_error|insufficient_(credits|balance|funds)|payment_required)\b/i,
    kind: 'credit-exhausted',
  },
  {
    name: 'quota by code',
    code: /\b(insufficient_quota|billing_hard_limit_reached|billing_not_active)\b/i,
    kind: 'quota-exhausted',
  },
  {
    name: 'usage limits',
    status: [400, 403, 429],
    says: /(API|account|spend\w*|monthly|specified) usage limits?\b|reached your .{0,40}(usage|spend\w*) limit/i,
    kind: 'quota-exhausted',
  },
  { name: 'quota of a day', status: [429], code: /Per(Day|Month)\b|PerDayPer/, kind: 'quota-exhausted' },
  {
    name: 'quota of a day in words',
    status: [429],
    says: /(daily|monthly|per day|per month|requests per day|\bRPD\b|\bTPD\b)/i,
    kind: 'quota-exhausted',
  },

  // The length of the conversation.
  {
    name: 'too long by code',
    code: /\b(context_length_exceeded|exceed_context_size_error|string_above_max_length)\b/i,
    kind: 'context-too-long',
  },
  { name: 'too long by status', status: [413], kind: 'context-too-long' },
  {
    name: 'too long in words',
    status: [400, 422, 500],
    says: /maximum context length|context (length|window|size)|prompt is too long|(input|prompt).{0,30}(too (long|large)|exceeds?)|exceeds? the (maximum|available|model)|too many (input )?tokens|input token count/i,
    kind: 'context-too-long',
  },
  {
    name: 'one request over the limit of a minute',
    status: [429],
    says: /request too large/i,
    kind: 'context-too-long',
  },

  // Capacity and rate.
  { name: 'overloaded by status', status: [529], kind: 'overloaded' },
  {
    name: 'overloaded by code',
    code: /\b(overloaded_error|overloaded|server_overloaded|model_overloaded|ServiceUnavailableException|ModelNotReadyException|unavailable_error|engine_overloaded)\b/i,
    kind: 'overloaded',
  },
  {
    name: 'overloaded in words',
    status: [429, 500, 502, 503],
    says: /overloaded|at capacity|no capacity|capacity exceeded|loading model|model is (busy|loading)/i,
    kind: 'overloaded',
  },
  { name: 'rate limit by status', status: [429], kind: 'rate-limited' },
  {
    name: 'rate limit by code',
    code: /\b(rate_limit\w*|RESOURCE_EXHAUSTED|ThrottlingException|too_many_requests)\b/i,
    kind: 'rate-limited',
  },

  // The key and what it may use.
  { name: 'bad key by status', status: [401], kind: 'authentication' },
  {
    name: 'bad key by code',
    code: /\b(invalid_api_key|authentication_error|API_KEY_INVALID|UNAUTHENTICATED|UnrecognizedClientException)\b/i,
    kind: 'authentication',
  },
  {
    name: 'bad key in words',
    status: [400, 403],
    says: /api key (not valid|expired|not found|invalid)|invalid api key|security token/i,
    kind: 'authentication',
  },

  // Content.
  {
    name: 'content by code',
    code: /\b(content_policy_violation|content_filter|ResponsibleAIPolicyViolation|moderation\w*|safety_violation|cyber_policy|bio_policy)\b/i,
    kind: 'content-policy',
  },
  {
    name: 'content in words',
    status: [400, 403],
    says: /content (management )?policy|flagged|usage polic(y|ies)|safety (system|polic)|content filter/i,
    kind: 'content-policy',
  },

  { name: 'not allowed by status', status: [403], kind: 'permission' },
  {
    name: 'not allowed by code',
    code: /\b(permission_error|permission_denied|AccessDeniedException|PERMISSION_DENIED)\b/i,
    kind: 'permission',
  },

  // The model.
  {
    name: 'no model by code',
    code: /\b(model_not_found|not_found_error|invalid_model|NOT_FOUND|ResourceNotFoundException)\b/i,
    kind: 'model-not-found',
  },
  { name: 'no model by status', status: [404, 410], kind: 'model-not-found' },
  {
    name: 'no model in words',
    status: [400, 422],
    says: /(model .{0,80}(not found|does not exist|is not (available|found|served))|invalid model|unknown model|no models loaded|model identifier is invalid)/i,
    kind: 'model-not-found',
  },
  {
    name: 'unsupported by code',
    status: [400, 404, 422, 501],
    code: /\b(unsupported_(parameter|value|model|content_type|response_format)|unsupported_country_region_territory|not_implemented|UNIMPLEMENTED)\b/i,
    kind: 'unsupported',
  },
  {
    name: 'unsupported in words',
    status: [400, 422, 500, 501],
    says: /(does not|doesn't|do not|not) support|is not supported|unsupported|not\s+implemented|not enabled for this model|requires --jinja/i,
    kind: 'unsupported',
  },

  // Theirs.
  { name: 'timed out by status', status: [408], kind: 'stalled' },
  { name: 'timed out by code', code: /\b(timeout_error|DEADLINE_EXCEEDED|ModelTimeoutException)\b/i, kind: 'stalled' },
  {
    name: 'failed by status',
    status: [409, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526],
    kind: 'server-error',
  },
  {
    name: 'failed by code',
    code: /\b(api_error|server_error|internal_\w+|INTERNAL|UNAVAILABLE|InternalServerException)\b/i,
    kind: 'server-error',
  },

  // Ours.
  { name: 'wrong by status', status: [400, 405, 406, 411, 415, 422], kind: 'invalid-request' },
  {
    name: 'wrong by code',
    code: /\b(invalid_request\w*|INVALID_ARGUMENT|ValidationException|BadRequestError)\b/i,
    kind: 'invalid-request',
  },
];

export interface NetworkRow {
  readonly codes: RegExp;
  readonly kind: FailureKind;
  readonly means: string;
}

/** Errors without an answer, by the code of Node or undici. */
export const networkTable: readonly NetworkRow[] = [
  {
    codes: /^(HPE_|ERR_INVALID_CHUNK|UND_ERR_RES_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RESPONSE)/,
    kind: 'malformed',
    means: 'the answer is not HTTP',
  },
  { codes: /^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, kind: 'connection', means: 'no connection in time' },
  { codes: /^(ENOTFOUND|EAI_)/, kind: 'connection', means: 'the name of the host is not known' },
  { codes: /^ECONNREFUSED$/, kind: 'connection', means: 'nothing listens there' },
  {
    codes: /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|ERR_CERT)/,
    kind: 'connection',
    means: 'no trusted TLS connection',
  },
  {
    codes: /^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|UND_ERR_ABORTED|UND_ERR_CLOSED|UND_ERR_DESTROYED)$/,
    kind: 'connection',
    means: 'the connection broke',
  },
  {
    codes: /^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL)$/,
    kind: 'connection',
    means: 'the host cannot be reached',
  },
];
