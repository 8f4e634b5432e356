import type { JsonCall, Llm, LlmReply, LlmTask, TextCall, YesNoCall } from '#recommend/handles.ts'
import type { RequestLog } from '../context.ts'
import { type Env, settingsOf } from '../env.ts'
import { Breaker } from './breaker.ts'
import { costOf, type LlmCounts, noCounts } from './counts.ts'
import { type Deadline, startDeadline } from './deadline.ts'
import { chatBody, DIALECTS } from './dialects.ts'
import { LlmError, malformed } from './failure.ts'
import { openKept } from './kept.ts'
import { Line, Places } from './places.ts'
import { chatText, jsonIn, plainText, type Usage, usageOf } from './replies.ts'
import { readJson, send } from './send.ts'
import type { LlmSettings } from './settings.ts'
import { readStream } from './stream.ts'
import { yesNoRequest } from './yes-no.ts'

/** Jitter before the second attempt, in ms. */
const RETRY_MS: readonly [least: number, most: number] = [10, 60]
/** In one call. */
const MAX_ITEMS = 50
/** Of the sampling of JSON; an attempt after one that gave none must not give the same again. */
const JSON_SEED = 1
const RETRY_TEMPERATURE = 0.3
const TEXT_TEMPERATURE = 0.7

// of this isolate: how the endpoint has been doing, for all requests
const breaker = new Breaker()
const places = new Places()
const counts = noCounts()

/** What one attempt brought. */
interface Attempt<Raw> {
  raw: Raw
  usage: Usage
}

/** One kind of call: what is kept of a reply, and what its caller gets. */
interface Ask<Raw, Value> {
  task: LlmTask
  cacheKey: string | null
  attempt(attempt: number, deadline: Deadline): Promise<Attempt<Raw>>
  /** @throws for what is not as it should be, as a kept reply of another version may be */
  read(raw: Raw): Value
}

/**
 * The language model for one request, whose time for all it asks begins now. Nothing throws but a caller's slip; no
 * text, and nothing of a person, is logged.
 * @param request its signal ends all; a Worker makes one only when it is asked for
 */
export function openLlm(
  env: Env,
  context: Pick<ExecutionContext, 'waitUntil'>,
  request: { readonly signal: AbortSignal },
  log: RequestLog,
): Llm {
  const settings = settingsOf(env).llm
  if (!settings) return OFF
  const stopped = request.signal
  const latest = Date.now() + settings.totalMs
  const kept = openKept(env.CACHE, settings, context)
  const line = new Line()
  // one request that asks much must not close the way for all others
  let hasFailed = false

  async function ask<Raw, Value>(call: Ask<Raw, Value>): Promise<LlmReply<Value>> {
    const { task, cacheKey } = call
    const startedAt = Date.now()
    const waiting = startDeadline(settings!.totalMs, latest, stopped)
    try {
      const known = cacheKey === null ? null : await waiting.wait(kept.get(task, cacheKey))
      if (known !== null) {
        const value = readOrNull(call, known as Raw)
        if (value !== null) {
          counts[task].kept++
          return { ok: true, value, isCached: true }
        }
      }
      await waiting.wait(line.enter())
      try {
        const { raw, value } = await answered(call)
        counts[task].replies++
        if (cacheKey !== null) kept.put(task, cacheKey, raw)
        return { ok: true, value, isCached: false }
      } finally {
        line.leave()
      }
    } catch (error) {
      if (!(error instanceof LlmError)) throw error
      const { reason } = error
      counts[task].failures[reason] = (counts[task].failures[reason] ?? 0) + 1
      if (!stopped.aborted) log({ event: 'no reply of the language model', task, reason, ms: Date.now() - startedAt })
      return { ok: false, reason }
    } finally {
      waiting.end()
    }
  }

  /** Asks the server, where it may be asked, and notes how it did. */
  async function answered<Raw, Value>(call: Ask<Raw, Value>): Promise<{ raw: Raw; value: Value }> {
    const { totalMs, taskMs, concurrency } = settings!
    if (Date.now() >= latest) throw new LlmError('late', false)
    const giveBack = places.take(Date.now(), concurrency, 2 * totalMs)
    if (!giveBack) throw new LlmError('busy', false)
    // with less than the task's own time left, being late is no fault of the server
    const isFullTime = latest - Date.now() >= taskMs[call.task]
    const deadline = startDeadline(taskMs[call.task], latest, stopped)
    try {
      if (!breaker.mayAsk(Date.now())) throw new LlmError('resting', false)
      const reply = await attempts(call, deadline)
      breaker.worked()
      return reply
    } catch (error) {
      if (!(error instanceof LlmError)) throw error
      if (error.isServers && (error.reason !== 'late' || isFullTime)) {
        if (!hasFailed) breaker.failed(Date.now())
        hasFailed = true
      } else if (error.reason === 'refused' || error.reason === 'malformed') breaker.worked()
      throw error
    } finally {
      deadline.end()
      giveBack()
    }
  }

  /** Once, and again after what may pass where the time allows as long a wait again. */
  async function attempts<Raw, Value>(call: Ask<Raw, Value>, deadline: Deadline): Promise<{ raw: Raw; value: Value }> {
    const startedAt = Date.now()
    try {
      return await oneAttempt(call, 0, deadline)
    } catch (error) {
      const mayPass = error instanceof LlmError && ['failed', 'unreachable', 'malformed'].includes(error.reason)
      const [least, most] = RETRY_MS
      const pauseMs = least + Math.random() * (most - least)
      if (!mayPass || deadline.signal.aborted || deadline.remainingMs() < pauseMs + Date.now() - startedAt) throw error
      await deadline.wait(new Promise((done) => setTimeout(done, pauseMs)))
      counts[call.task].retries++
      return oneAttempt(call, 1, deadline)
    }
  }

  async function oneAttempt<Raw, Value>(call: Ask<Raw, Value>, attempt: number, deadline: Deadline) {
    const { raw, usage } = await call.attempt(attempt, deadline)
    counts[call.task].promptTokens += usage.promptTokens
    counts[call.task].completionTokens += usage.completionTokens
    try {
      return { raw, value: call.read(raw) }
    } catch (error) {
      throw error instanceof LlmError ? error : malformed(error)
    }
  }

  return {
    isOn: true,
    canScore: DIALECTS[settings.dialect].scoring !== null,
    json: (call) => ask(jsonAsk(settings, call)),
    yesNo: async (call) =>
      call.items.length === 0 ? { ok: true, value: [], isCached: false } : ask(yesNoAsk(settings, call)),
    text: (call) => ask(textAsk(settings, call)),
  }
}

/** What the language model did in this isolate, for metrics. */
export function llmCounts(env: Env): { tasks: LlmCounts; cost: number; isResting: boolean } {
  const settings = settingsOf(env).llm
  return { tasks: counts, cost: settings ? costOf(counts, settings) : 0, isResting: breaker.isResting() }
}

const REFUSAL = { ok: false, reason: 'off' } as const
const OFF: Llm = {
  isOn: false,
  canScore: false,
  json: async () => REFUSAL,
  yesNo: async () => REFUSAL,
  text: async () => REFUSAL,
}

function jsonAsk<Value>(settings: LlmSettings, call: JsonCall<Value>): Ask<unknown, Value> {
  const { task, cacheKey, messages, schema, maxTokens } = call
  return {
    task,
    cacheKey,
    async attempt(attempt, deadline) {
      const temperature = attempt === 0 ? 0 : RETRY_TEMPERATURE
      const body = chatBody(settings, { messages, maxTokens, schema, temperature, seed: JSON_SEED + attempt })
      const reply = await readJson(await send(settings, '/v1/chat/completions', body, deadline), deadline)
      return { raw: jsonIn(chatText(reply)), usage: usageOf(reply) }
    },
    read: (raw) => call.read(raw),
  }
}

function yesNoAsk(settings: LlmSettings, call: YesNoCall): Ask<number[], number[]> {
  const { task, cacheKey, prefix, items } = call
  if (items.length > MAX_ITEMS) throw new RangeError(`items: found ${items.length}; must be at most ${MAX_ITEMS}`)
  return {
    task,
    cacheKey,
    async attempt(_, deadline) {
      if (DIALECTS[settings.dialect].scoring === null) throw new LlmError('refused', false)
      const { path, body, read } = yesNoRequest(settings, prefix, items)
      const reply = await readJson(await send(settings, path, body, deadline), deadline)
      return { raw: read(reply), usage: usageOf(reply) }
    },
    read(raw) {
      if (!Array.isArray(raw) || raw.length !== items.length || !raw.every(Number.isFinite)) throw malformed()
      return raw
    },
  }
}

function textAsk(settings: LlmSettings, call: TextCall): Ask<string, string> {
  const { task, cacheKey, messages, maxTokens, seed } = call
  return {
    task,
    cacheKey,
    async attempt(attempt, deadline) {
      const request = { messages, maxTokens, schema: null, temperature: TEXT_TEMPERATURE, seed: seed + attempt }
      const response = await send(settings, '/v1/chat/completions', chatBody(settings, request), deadline)
      const { text, usage } = await readStream(response, deadline, settings.idleMs)
      // it waits for no other token; a text that is refused has time for another
      deadline.restart(settings.taskMs.explain)
      return { raw: plainText(text), usage }
    },
    read(raw) {
      const text = plainText(String(raw))
      return call.read ? call.read(text) : text
    },
  }
}

function readOrNull<Raw, Value>(call: Ask<Raw, Value>, raw: Raw): Value | null {
  try {
    return call.read(raw)
  } catch {
    return null
  }
}
