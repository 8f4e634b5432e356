import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import * as z from 'zod'
import { DownloadError } from './download-error.ts'

/** Lies in a folder that was downloaded: what belongs there. */
const RECEIPT = '.download.json'

const Receipt = z.object({
  name: z.string(),
  /** base address of the host */
  from: z.string(),
  /** ISO time */
  at: z.string(),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.int().min(0) })),
})
type Receipt = z.infer<typeof Receipt>
export type ReceivedFile = Receipt['files'][number]

/** Notes what is in the folder now. @returns that, in the order of the path */
export async function writeReceipt(folder: string, name: string, from: string): Promise<ReceivedFile[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const files = await Promise.all(
    paths.sort().map(async (file) => ({ path: relative(folder, file), sizeBytes: (await stat(file)).size })),
  )
  const receipt: Receipt = { name, from, at: new Date().toISOString(), files }
  await writeFile(join(folder, RECEIPT), `${JSON.stringify(receipt, null, 2)}\n`)
  return files
}

/**
 * What was downloaded into the folder and is still there; null when there is no such folder.
 * @throws {DownloadError} when the folder is another, or something is missing from it
 */
export async function filesReceived(folder: string): Promise<ReceivedFile[] | null> {
  if ((await sizeOf(folder)) === null) return null
  const receipt = await readReceipt(join(folder, RECEIPT))
  if (receipt === null)
    throw new DownloadError(
      `${folder} is there and not from this command (no ${RECEIPT} in it). Use it as it is, choose another folder with --output, or replace it with --force`,
    )
  for (const { path, sizeBytes } of receipt.files) {
    const found = await sizeOf(join(folder, path))
    if (found !== sizeBytes)
      throw new DownloadError(
        `${join(folder, path)}: ${found === null ? 'is missing' : `found ${found} bytes, expected ${sizeBytes}`}. --force downloads ${basename(folder)} again and replaces the folder`,
      )
  }
  return receipt.files
}

async function readReceipt(file: string): Promise<Receipt | null> {
  try {
    return Receipt.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return null // there is none, or none that this command wrote
  }
}

async function sizeOf(path: string): Promise<number | null> {
  return (await stat(path).catch(() => null))?.size ?? null
}
