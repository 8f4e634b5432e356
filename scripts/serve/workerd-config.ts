import type { PagePath } from './page-paths.ts'

/** What plain workerd is told to run; folders as absolute paths. */
export interface WorkerdSetup {
  /** where it listens, such as 127.0.0.1:8787 */
  address: string
  compatibilityDate: string
  compatibilityFlags: string[]
  vars: Record<string, string>
  /** the bucket: published models, a file an object */
  modelsDir: string
  /** what was written through the API */
  databaseDir: string
  migrations: { name: string; sql: string }[]
  /** modules of the Worker and of the two services, as paths from the config file; the entry first */
  worker: ModuleFile[]
  bucket: ModuleFile[]
  database: ModuleFile[]
  /** the built page before the API; left out, the API is alone */
  page?: { webDir: string; paths: Record<string, PagePath>; modules: ModuleFile[] }
}

export interface ModuleFile {
  type: 'ESModule' | 'CompiledWasm'
  /** as other modules import it */
  name: string
  file: string
}

/** The Cap'n Proto text that `workerd serve` reads: the Worker on a socket, with R2 and D1 of this disk behind it. */
export function workerdConfig(setup: WorkerdSetup): string {
  const { address, compatibilityDate, compatibilityFlags, vars, modelsDir, databaseDir, migrations, page } = setup
  const bindings = [
    '(name = "MODELS", r2Bucket = "bucket")',
    '(name = "DB", wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = "database")]))',
    ...Object.entries(vars).map(([name, text]) => `(name = ${quoted(name)}, text = ${quoted(text)})`),
  ]
  const flags = compatibilityFlags.map(quoted).join(', ')
  const worker = (modules: ModuleFile[], ...rest: string[]) =>
    `(compatibilityDate = ${quoted(compatibilityDate)}, compatibilityFlags = [${flags}], modules = [${modules.map(moduleText).join(', ')}], ${rest.join(', ')})`
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  sockets = [(name = "http", address = ${quoted(address)}, http = (), service = "${page ? 'page' : 'marquee'}")],
  services = [
    (name = "marquee", worker = ${worker(setup.worker, `bindings = [${bindings.join(', ')}]`)}),
${network(vars)}    (name = "bucket", worker = ${worker(setup.bucket, 'bindings = [(name = "FOLDER", service = "models")]')}),
    (name = "models", disk = (path = ${quoted(modelsDir)})),
    (name = "database", worker = ${worker(
      setup.database,
      `bindings = [(name = "DATABASES", durableObjectNamespace = "Database"), (name = "MIGRATIONS", json = ${quoted(JSON.stringify(migrations))})]`,
      'durableObjectNamespaces = [(className = "Database", uniqueKey = "marquee", enableSql = true, preventEviction = true)]',
      'durableObjectStorage = (localDisk = "database-files")',
    )}),
    (name = "database-files", disk = (path = ${quoted(databaseDir)}, writable = true)),
${
  page
    ? `    (name = "page", worker = ${worker(
        page.modules,
        `bindings = [(name = "FILES", service = "page-files"), (name = "MARQUEE", service = "marquee"), (name = "PATHS", json = ${quoted(JSON.stringify(page.paths))})]`,
      )}),
    (name = "page-files", disk = (path = ${quoted(page.webDir)})),
`
    : ''
}  ],
);
`
}

/**
 * Where the Worker may connect to: by workerd's own rule the internet, and never this machine or its network. The language
 * model may well be there.
 */
function network({ LLM_BASE_URL: modelUrl = '' }: Record<string, string>): string {
  if (modelUrl === '') return ''
  return `    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
`
}

function moduleText({ type, name, file }: ModuleFile): string {
  return `(name = ${quoted(name)}, ${type === 'ESModule' ? 'esModule' : 'wasm'} = embed ${quoted(file)})`
}

/** Cap'n Proto's text literals are C's; JSON's escapes are among them but for \\u. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/\\u00([0-9a-f]{2})/g, '\\x$1')
}
