import explain from '#prompts/explain.v1.md'
import parse from '#prompts/parse.v1.md'
import rerank from '#prompts/rerank.v1.md'
import rerankList from '#prompts/rerank-list.v1.md'
import type { Prompts } from '#recommend/handles.ts'

/** The prompts that the Worker asks with. */
export const PROMPTS: Prompts = {
  parse: { version: 'parse.v1', text: parse },
  rerank: { version: 'rerank.v1', text: rerank },
  rerankList: { version: 'rerank-list.v1', text: rerankList },
  explain: { version: 'explain.v1', text: explain },
}
