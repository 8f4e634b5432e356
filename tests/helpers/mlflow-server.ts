import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StoredRun {
  id: string
  experiment: string
  name: string
  status: string
  startTime: number
  endTime: number | null
  tags: Map<string, string>
  params: Map<string, string>
  /** `key step timestamp` → value, as MLflow's database keeps them: the same one twice is one */
  metrics: Map<string, number>
  artifacts: Map<string, Buffer>
}

export interface StoredVersion {
  name: string
  version: string
  runId: string
  source: string
  tags: { key: string; value: string }[]
}

/** Of all requests together; each has some. */
interface Fields {
  experiment_name: string
  experiment_id: string
  experiment_ids: string[]
  filter: string
  name: string
  run_id: string
  run_name: string
  start_time: number
  end_time: number
  status: string
  tags?: { key: string; value: string }[]
  params?: { key: string; value: string }[]
  metrics?: { key: string; value: number; step: number; timestamp: number }[]
  source: string
  alias: string
  version?: string
}

/** What it does instead of an answer, for each request by its number from 0. */
export type Mishap = 'hang' | 'close' | 'garbage' | 'lost' | 'redirect' | 401 | 500

/**
 * The part of MLflow's REST API that a run is sent by, in memory, with its limits and refusals as the real one has them.
 * `lost` does what it was asked to, and closes the connection in place of the answer.
 */
export async function startMlflow() {
  const experiments = new Map<string, string>()
  const runs = new Map<string, StoredRun>()
  const versions: StoredVersion[] = []
  const aliases = new Map<string, string>()
  const models = new Set<string>()
  const requests: { method: string; path: string; authorization: string | undefined; body: Partial<Fields> }[] = []
  const server = {
    ...{ experiments, runs, versions, aliases, requests },
    /** what goes wrong with a request of this number */
    mishap: (_number: number): Mishap | null => null,
    /** keys of log-batch that are refused */
    refuses: (_key: string): boolean => false,
    uri: '',
    close: async () => {
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }

  const actions: Record<string, (fields: Fields) => unknown> = {
    'experiments/get-by-name': ({ experiment_name: name }) => {
      const id = experiments.get(name)
      if (id === undefined) throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `no experiment ${name}`)
      return { experiment: { experiment_id: id, name } }
    },
    'experiments/create': ({ name }) => {
      if (experiments.has(name)) throw new Refusal(400, 'RESOURCE_ALREADY_EXISTS', `experiment ${name} exists`)
      experiments.set(name, String(experiments.size + 1))
      return { experiment_id: experiments.get(name) }
    },
    'runs/search': ({ experiment_ids: ids, filter }) => {
      const wanted = /^tags\."marquee\.run" = '(.*)'$/.exec(filter)![1]!
      const found = [...runs.values()].filter(
        (run) => ids.includes(run.experiment) && run.tags.get('marquee.run') === wanted,
      )
      return found.length > 0 ? { runs: found.map(shown) } : {}
    },
    'runs/create': ({ experiment_id: experiment, run_name: name, start_time: startTime, tags = [] }) => {
      const id = `r${runs.size + 1}`
      const run: StoredRun = {
        ...{ id, experiment, name, status: 'RUNNING', startTime, endTime: null },
        ...{ tags: new Map(), params: new Map(), metrics: new Map(), artifacts: new Map() },
      }
      for (const { key, value } of tags) run.tags.set(key, value)
      runs.set(id, run)
      return { run: shown(run) }
    },
    'runs/log-batch': ({ run_id: id, metrics = [], params = [], tags = [] }) => {
      const run = runs.get(id)
      if (!run) throw new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `no run ${id}`)
      if (metrics.length > 1000 || params.length > 100 || tags.length > 100)
        throw new Refusal(400, 'INVALID_PARAMETER_VALUE', 'too many in one batch')
      for (const { key, value } of [...params, ...tags, ...metrics]) {
        if (!/^[\w\-. /:]{1,250}$/.test(key)) throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `name ${key}`)
        if (String(value).length > 6000) throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `length of ${key}`)
        if (server.refuses(key)) throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `refused ${key}`)
      }
      for (const { key, value } of tags) run.tags.set(key, value)
      for (const { key, value } of params) run.params.set(key, value)
      for (const { key, value, step, timestamp } of metrics) run.metrics.set(`${key} ${step} ${timestamp}`, value)
      return {}
    },
    'runs/update': ({ run_id: id, status, end_time: endTime }) => {
      Object.assign(runs.get(id)!, { status, endTime })
      return { run_info: {} }
    },
    'registered-models/create': ({ name }) => {
      if (models.has(name)) throw new Refusal(400, 'RESOURCE_ALREADY_EXISTS', `model ${name} exists`)
      models.add(name)
      return { registered_model: { name } }
    },
    'model-versions/search': ({ filter }) => {
      const build = /^tags\."marquee\.build" = '(.*)'$/.exec(filter)![1]
      const found = versions.filter(({ tags }) =>
        tags.some(({ key, value }) => key === 'marquee.build' && value === build),
      )
      return found.length > 0 ? { model_versions: found } : {}
    },
    'model-versions/create': ({ name, run_id: runId, source, tags = [] }) => {
      const version = { name, version: String(versions.length + 1), runId, source, tags }
      versions.push(version)
      return { model_version: version }
    },
    'registered-models/alias': ({ name, alias, version }) => {
      if (version !== undefined) {
        aliases.set(`${name} ${alias}`, version)
        return {}
      }
      const current = versions.find((one) => one.version === aliases.get(`${name} ${alias}`))
      if (!current) throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `no alias ${alias}`)
      return { model_version: current }
    },
  }

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url!, 'http://mlflow')
    const bytes = await readAll(request)
    const isCall = url.pathname.startsWith('/api/2.0/mlflow/')
    const body =
      request.method === 'GET' ? Object.fromEntries(url.searchParams) : isCall ? JSON.parse(bytes.toString()) : {}
    const number = requests.length
    const { authorization } = request.headers
    requests.push({ method: request.method!, path: url.pathname.replace('/api/2.0/', ''), authorization, body })
    const mishap = server.mishap(number)
    const json = (status: number, value: unknown) => {
      if (mishap === 'lost') return void response.destroy()
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
    }
    if (mishap === 'hang') return
    if (mishap === 'close') return void response.destroy()
    if (mishap === 'garbage') return void response.end('<html>Welcome</html>')
    if (mishap === 'redirect') return void response.writeHead(302, { location: '/login' }).end()
    if (typeof mishap === 'number') return json(mishap, { error_code: 'SOMETHING', message: 'went wrong' })
    try {
      if (isCall) return json(200, actions[url.pathname.slice('/api/2.0/mlflow/'.length)]!(body as Fields))
      // experiments/run/artifacts/path, below the root of the store
      const [, id, , ...path] = url.pathname
        .split('/mlflow-artifacts/artifacts/')[1]!
        .split('/')
        .map(decodeURIComponent)
      runs.get(id!)!.artifacts.set(path.join('/'), bytes)
      json(200, {})
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      json(error.status, { error_code: error.code, message: error.message })
    }
  }
  const http = createServer((request, response) => void answer(request, response))
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  server.uri = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  return server
}

class Refusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

function shown({ id, experiment }: StoredRun) {
  return { info: { run_id: id, artifact_uri: `mlflow-artifacts:/${experiment}/${id}/artifacts` }, data: {} }
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
