import { renderPage } from '../charts/page.ts'
import type { StepHandles } from '../io/handles.ts'
import type { Dataset } from '../nouns.ts'
import { measure } from './measure.ts'
import { describe } from './sections.ts'

/**
 * Exploratory report of an ingested dataset: one HTML file with plots, tables and what to conclude from them.
 * Everything is counted in DuckDB, so 32M ratings need no more of this process's memory than 100k. The same data
 * give the same bytes.
 * @param name of the data, for the title
 */
export async function explore(dataset: Dataset, name: string, handles: StepHandles): Promise<string> {
  return renderPage(describe(await measure(dataset, handles), name))
}
