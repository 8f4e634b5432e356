/** What the edge fills in for the request path: everything here may be late, wrong or gone. */

/** What the language model is asked for; each has its own deadline and degrades alone. */
export type LlmTask = 'parse' | 'rerank' | 'explain'

/** Why there is no reply. It is bound to happen, so it is a value; answers name the task, logs the reason. */
export type LlmFailure =
  /** no endpoint is set up */
  | 'off'
  /** the task's deadline, or that of all tasks of the request, has passed */
  | 'late'
  /** no connection, or it broke */
  | 'unreachable'
  /** the server answered 4xx: it will not do so otherwise when asked again */
  | 'refused'
  /** the server answered 5xx, also when asked again */
  | 'failed'
  /** not what was asked for: no JSON, JSON of another shape, no log-probabilities, no text */
  | 'malformed'
  /** too many failures lately: not asked */
  | 'resting'
  /** as many requests are under way as may be */
  | 'busy'

export type LlmReply<Value> = { ok: true; value: Value; isCached: boolean } | { ok: false; reason: LlmFailure }

export interface LlmMessage {
  role: 'system' | 'user' | 'assistant'
  content: string
}

/** What every call says. */
interface LlmCall {
  task: LlmTask
  /** all that the reply depends on, besides the model; a reply is kept under its hash. null: never kept */
  cacheKey: string | null
}

export interface JsonCall<Value> extends LlmCall {
  messages: LlmMessage[]
  /** of the JSON wanted, draft-7, and its name */
  schema: { name: string; json: object }
  /** @throws for a reply of another shape */
  read(reply: unknown): Value
  maxTokens: number
}

export interface YesNoCall extends LlmCall {
  /** what all the items share: instructions and the viewer's taste */
  prefix: string
  /** at most 50; one question each, answered by one token */
  items: string[]
}

export interface TextCall extends LlmCall {
  messages: LlmMessage[]
  maxTokens: number
  /** of sampling; the same seed and messages may give the same text */
  seed: number
  /** @throws for a text that may not be used: it is asked for once more, and never kept */
  read?(text: string): string
}

/** The language model for one request; it stops when the request's client is gone. */
export interface Llm {
  readonly isOn: boolean
  /** whether the server gives log-odds; where it does not, yesNo is refused, and a list can be asked for as JSON */
  readonly canScore: boolean
  json<Value>(call: JsonCall<Value>): Promise<LlmReply<Value>>
  /** log-odds of yes against no, an item each */
  yesNo(call: YesNoCall): Promise<LlmReply<number[]>>
  text(call: TextCall): Promise<LlmReply<string>>
}

/** One text of prompts/. */
export interface Prompt {
  /** name and version, such as `parse.v1`: another version is another task to all that keeps replies */
  version: string
  text: string
}

/** The texts that the language model is asked with; the Worker has them in its bundle, Node reads the files. */
export interface Prompts {
  parse: Prompt
  rerank: Prompt
  /** for servers without log-odds */
  rerankList: Prompt
  explain: Prompt
}
