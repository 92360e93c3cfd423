// A refusal in a vendor's terms; each wire format renders it with its own body.

export class VendorError extends Error {
  readonly status: number;
  /** OpenAI's and Anthropic's `type`, Google's `status`. */
  readonly type: string;
  readonly code: string | null;
  readonly param: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Google's `details`. */
  readonly details: readonly unknown[];

  constructor(
    status: number,
    message: string,
    more: {
      readonly type: string;
      readonly code?: string | null;
      readonly param?: string | null;
      readonly headers?: Readonly<Record<string, string>>;
      readonly details?: readonly unknown[];
    },
  ) {
    super(message);
    this.name = 'VendorError';
    this.status = status;
    this.type = more.type;
    this.code = more.code ?? null;
    this.param = more.param ?? null;
    this.headers = more.headers ?? {};
    this.details = more.details ?? [];
  }
}
