import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DataError } from '../../io/files.ts'
import type { StepHandles } from '../../io/handles.ts'

/**
 * A temporary folder for what must be unpacked or rewritten before it can be read, as the input folder is only read.
 * People never see its paths: in messages stands where a file came from.
 */
export class Scratch {
  readonly #folder: string
  /** path in the folder → where it came from */
  readonly #origins = new Map<string, string>()

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async open(): Promise<Scratch> {
    return new Scratch(await mkdtemp(join(tmpdir(), 'marquee-ingest-')))
  }

  /** A path to make a file or folder at, in a folder of its own. */
  async place(origin: string, name: string): Promise<string> {
    const folder = join(this.#folder, String(this.#origins.size))
    await mkdir(folder)
    this.#origins.set(join(folder, name), origin)
    return join(folder, name)
  }

  /** A text with the paths of the folder replaced by where they came from. */
  named(text: string): string {
    // the latest first: a file of an archive may have been rewritten after the archive was unpacked
    return [...this.#origins].reduceRight((named, [path, origin]) => named.replaceAll(path, origin), text)
  }

  /** An error whose message may name files of the folder, as one that names where they came from. */
  renamed(error: unknown): unknown {
    if (!(error instanceof DataError)) return error
    const message = this.named(error.message)
    return message === error.message ? error : new DataError(message, { cause: error })
  }

  /** The same handles, with a log that names where files came from. */
  namedIn(handles: StepHandles): StepHandles {
    const { log } = handles
    return {
      ...handles,
      log: {
        error: (message) => log.error(this.named(message)),
        warn: (message) => log.warn(this.named(message)),
        info: (message) => log.info(this.named(message)),
        debug: (message) => log.debug(this.named(message)),
      },
    }
  }

  async close(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}
