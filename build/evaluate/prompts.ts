import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Prompt, Prompts } from '#recommend/handles.ts'

const FOLDER = join(import.meta.dirname, '../../prompts')

/** The prompts as the Worker has them in its bundle. */
export function readPrompts(): Prompts {
  return {
    parse: read('parse.v1'),
    rerank: read('rerank.v1'),
    rerankList: read('rerank-list.v1'),
    explain: read('explain.v1'),
  }
}

function read(version: string): Prompt {
  return { version, text: readFileSync(join(FOLDER, `${version}.md`), 'utf8') }
}
