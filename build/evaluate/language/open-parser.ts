import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Model } from '#core/model.ts'
import { openQueryLexicon, type QueryLexicon } from '#core/query/lexicon.ts'
import { parseQuery } from '#core/query/parse-query.ts'
import type { Intent } from '#core/schemas/intent.ts'
import { Manifest } from '#core/schemas/manifest.ts'
import { openArtifacts } from '../open-artifacts.ts'
import { openTitleBook, type TitleBook } from './title-book.ts'

export interface Parser {
  model: Model
  /** @param thisYear what “last year” counts from */
  parse(text: string, thisYear?: number): Intent
  titles: TitleBook
  lexicon: QueryLexicon
}

/**
 * The deterministic parser over a built model, as the Worker has it.
 * @param folder with its artifacts and manifest
 * @throws {ArtifactError} for a model that other code built, in a format of before
 */
export async function openParser(folder: string): Promise<Parser> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.arrow'))
  const files = await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const))
  const manifest = Manifest.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')))
  const model = openArtifacts(new Map(files), manifest.card.model)
  const lexicon = openQueryLexicon(model)
  const parse = (text: string, thisYear?: number) =>
    parseQuery(text, lexicon, thisYear === undefined ? {} : { thisYear })
  return { model, parse, titles: openTitleBook(model.catalog, lexicon), lexicon }
}
