export interface TestService {
  readonly url: string;
  /** Where it came from, in words. */
  readonly origin: string;
  close(): Promise<void>;
}
