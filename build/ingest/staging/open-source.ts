import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { SourceConfig } from '#core/schemas/config.ts'
import type { StepHandles } from '../../io/handles.ts'
import { unzip } from '../../io/zip.ts'
import { detectFormat, FORMATS } from '../formats/index.ts'
import type { Format } from '../reader.ts'
import { requirePath } from './input-file.ts'
import type { Scratch } from './scratch.ts'

/** Members of archives that no reader asks for; the tag genome is a third of ml-20m and ml-25m. */
const UNREAD = /(^|\/)(genome-[^/]*|__MACOSX\/.*|\.[^/]*)$/u

/** A source ready to be read. */
export interface OpenedSource {
  format: Format
  /** file or folder; unpacked when the source is an archive */
  path: string
}

/**
 * Unpack an archive, go down to where its files are, and find the format.
 * @throws {DataError} for a damaged archive, or when no format or several fit
 */
export async function openSource(source: SourceConfig, scratch: Scratch, handles: StepHandles): Promise<OpenedSource> {
  const path = isArchive(source.path) ? await unpack(source.path, scratch, handles) : source.path
  return { path, format: await formatOf(source, path) }
}

/** The files of a source as they lie there, an archive being one: what a build is known by. */
export async function filesOf(source: SourceConfig): Promise<string[]> {
  if (isArchive(source.path)) return [source.path]
  return (await formatOf(source, source.path)).files(source.path)
}

async function formatOf({ format }: SourceConfig, path: string): Promise<Format> {
  return FORMATS[format === 'auto' ? await detectFormat(path) : format]
}

function isArchive(path: string): boolean {
  return /\.zip$/iu.test(path)
}

/** @returns the folder with the files, or the file when it is the only one */
async function unpack(file: string, scratch: Scratch, { progress, signal }: StepHandles): Promise<string> {
  await requirePath(file)
  let path = await scratch.place(file, basename(file))
  await unzip(file, path, {
    signal,
    select: (member) => !UNREAD.test(member),
    onProgress: (done, total) => progress.update(`unpacking ${basename(file)}`, done, total),
  })
  for (;;) {
    const members = await readdir(path, { withFileTypes: true })
    if (members.length !== 1) return path
    path = join(path, members[0].name)
    if (!members[0].isDirectory()) return path
  }
}
