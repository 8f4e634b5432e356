/** Ends a download with a message for a person: what was found, and what to do. */
export class DownloadError extends Error {
  override readonly name: string = 'DownloadError'
}

/** An answer that is none of those hoped for. */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  readonly status: number
  readonly url: string
  /** what the server asks to wait, null when it does not say */
  readonly retryAfterMs: number | null

  constructor(status: number, url: string, retryAfterMs: number | null) {
    super(`${url}: status ${status}`)
    this.status = status
    this.url = url
    this.retryAfterMs = retryAfterMs
  }
}

/** No answer, or one that broke off. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  /** of Node (ENOTFOUND, ECONNRESET, …), or ESTALLED */
  readonly code: string

  constructor(message: string, code: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }

  /** Is the server's certificate what is wrong? Node has two dozen codes for that. */
  get isCertificate(): boolean {
    return /CERT|SIGN|_TLS_/.test(this.code)
  }
}
