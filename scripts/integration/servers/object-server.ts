/** A server of the S3 API that is not ours, with one empty bucket. */
export interface ObjectServer {
  /** what a publisher's environment holds (docs/operations.md) */
  env: Record<string, string>
  /** from now on, where it does not from the beginning */
  checkSignatures?(): Promise<unknown>
  stop(): Promise<void>
}
