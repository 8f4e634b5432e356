import { bytes } from '../../build/io/table.ts'
import type { DataSet } from './datasets.ts'
import { ConnectionError, StatusError } from './download-error.ts'

export interface Attempt {
  name: string
  dataset: DataSet
  /** where the data go */
  folder: string
  /** address of the host, for what is said of it */
  host: string
}

/**
 * What went wrong and what to do about it, for a person.
 * @returns null for what is no trouble of network, server or disk: its own message says it all
 */
export function explain(error: unknown, attempt: Attempt): string | null {
  if (error instanceof StatusError) return explainStatus(error, attempt)
  if (error instanceof ConnectionError) return explainConnection(error, attempt)
  const { code, path } = error as NodeJS.ErrnoException
  return typeof code === 'string' ? explainDisk(code, path, attempt) : null
}

function explainStatus({ status, url, retryAfterMs }: StatusError, { name, dataset, host }: Attempt): string {
  if ((status === 401 || status === 403) && dataset.host === 'kaggle')
    return status === 401
      ? `Kaggle did not take the key (401). Check KAGGLE_USERNAME and KAGGLE_KEY or ~/.kaggle/kaggle.json; a new key is made at https://www.kaggle.com/settings`
      : `Kaggle refused ${name} to this key (403). Open ${dataset.page}, accept the rules there, and check your key: https://www.kaggle.com/settings`
  if (status === 401 || status === 403)
    return `${url}: the server refused it (${status}). See ${dataset.page}, and whether your network lets you through`
  if (status === 404 || status === 410)
    return `${url}: there is no such file (${status}). It may have moved: see ${dataset.page}`
  if (status === 429) {
    const wait = retryAfterMs === null ? 'later' : `in ${duration(retryAfterMs)}`
    return `${host} has had too many requests (429); try again ${wait}`
  }
  if (status >= 500) return `${host} has a problem of its own (${status}); try again later`
  return `${url}: found status ${status}, expected 200`
}

function explainConnection({ code, message, isCertificate }: ConnectionError, { host, name }: Attempt): string {
  const { hostname } = new URL(host)
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `${hostname} is not found (${code}): is this machine connected to the internet? Behind a proxy set HTTPS_PROXY and NODE_USE_ENV_PROXY=1`
  if (code === 'ECONNREFUSED' || code === 'ENETUNREACH' || code === 'EHOSTUNREACH')
    return `${host} cannot be reached (${code}): is this machine connected to the internet, or does a firewall forbid it?`
  if (isCertificate)
    return `the certificate of ${hostname} is not trusted (${code}). Behind a company's proxy, name its certificate in NODE_EXTRA_CA_CERTS`
  return `${host}: ${message} (${code}), tried several times. Run the same command again: it goes on where it stopped with ${name}`
}

function explainDisk(code: string, path: string | undefined, { dataset, folder }: Attempt): string | null {
  const where = path ?? folder
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return `no space left for ${folder} (${code}): ${needs(dataset)}. Free some, or choose another disk with --output, and run it again`
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return `${where}: may not be written (${code}). Choose another folder with --output`
  // Node's word for a folder that cannot be made on a read-only disk too
  if (code === 'ENOENT') return `${where}: cannot be made (ENOENT). Choose another folder with --output`
  if (code === 'ENOTDIR' || code === 'EEXIST') return `${where}: found a file, expected a folder (${code})`
  return null
}

/** What a data set takes on the disk while it is being unpacked. */
export function needs({ downloadBytes, unpackedBytes }: DataSet, bytesToCome = downloadBytes): string {
  return unpackedBytes === 0
    ? `it needs about ${bytes(bytesToCome)}`
    : `it needs about ${bytes(bytesToCome)} for the archive and ${bytes(unpackedBytes)} unpacked`
}

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`
}
