import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { parseArgs, stripVTControlCharacters } from 'node:util'
import { startSampleWorker } from '../sample-worker.ts'

/**
 * Clients for iOS and Android from the Worker's own /openapi.json, by OpenAPI Generator (a Java program from Maven
 * Central). Fails where a schema, a field or an operation of the description is not in what came out. Where Maven or Swift is
 * at hand, compiles the client and has it call a Worker: clients/Main.kt and clients/main.swift.
 *   node scripts/integration/clients.ts [--output DIR] [--jar FILE] [--only Kotlin,Swift]
 * --output keeps the clients; without it they are removed. --jar is the generator, fetched (31 MB) where it is not there.
 */
const VERSION = '7.17.0'
const JAR = `https://repo1.maven.org/maven2/org/openapitools/openapi-generator-cli/${VERSION}/openapi-generator-cli-${VERSION}.jar`
const SHA256 = '25d6bd8273dd2be99979d544b62ea43f0ce1975f1aa582678b5093d1e7fcfce8'

interface Target {
  language: string
  generator: string
  /** as OpenAPI Generator calls its settings */
  properties: Record<string, string>
  /** of schemas that the language's own library has a type of the same name for */
  renamed: Record<string, string>
  extension: string
  /** what compiles it, where that is installed, and how Debian installs it */
  compiler: string
  install: string
  /** has a compiled client call the API. @throws {Error} with what went wrong */
  call(folder: string, url: string): Promise<void>
}

const TARGETS: Target[] = [
  {
    language: 'Kotlin',
    generator: 'kotlin',
    properties: {
      packageName: 'marquee',
      library: 'jvm-okhttp4',
      serializationLibrary: 'kotlinx_serialization',
      useCoroutines: 'true',
    },
    renamed: {},
    extension: '.kt',
    compiler: 'mvn',
    install: 'apt-get install maven',
    call: callFromKotlin,
  },
  {
    language: 'Swift',
    generator: 'swift6',
    properties: { projectName: 'Marquee', responseAs: 'AsyncAwait' },
    renamed: { Locale: 'TextLocale' },
    extension: '.swift',
    compiler: 'swift',
    install: 'apt-get install swiftlang, of Debian 13',
    call: callFromSwift,
  },
]

/** "Either this or that field" of a body would otherwise become a class without any field. */
const NORMALIZER = 'REMOVE_ANYOF_ONEOF_AND_KEEP_PROPERTIES_ONLY=true'

/** The programs that call, and how they are put together. */
const CALLERS = join(import.meta.dirname, 'clients')

/** What of the description the clients must have. */
interface Description {
  paths: Record<string, Record<string, { operationId: string }>>
  components: { schemas: Record<string, { properties?: object }> }
}

const { values: options } = parseArgs({
  options: { output: { type: 'string' }, jar: { type: 'string' }, only: { type: 'string' } },
})

const scratch = mkdtempSync(join(tmpdir(), 'integration-clients-'))
try {
  requireJava()
  const jar = await generatorAt(resolve(options.jar ?? join(scratch, 'generator.jar')))
  const worker = await startSampleWorker(scratch)
  try {
    const file = join(scratch, 'openapi.json')
    const text = await (await fetch(new URL('/openapi.json', worker.url))).text()
    writeFileSync(file, text)
    for (const target of TARGETS.filter(({ language }) => options.only?.split(',').includes(language) ?? true)) {
      const folder = resolve(options.output ?? scratch, target.language.toLowerCase())
      await generate(jar, file, target, folder)
      check(JSON.parse(text) as Description, target, folder)
      if (isInstalled(target.compiler)) await target.call(folder, worker.url.origin)
      else console.log(`${target.language}: not compiled, as there is no ${target.compiler} here (${target.install})`)
    }
  } finally {
    await worker.stop()
  }
} catch (error) {
  console.error(`integration:clients: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0
}

function requireJava(): void {
  if (spawnSync('java', ['-version']).status !== 0)
    throw new Error(
      'found no java, expected 11 or later: apt-get install -y --no-install-recommends default-jre-headless',
    )
}

/** @throws {Error} for a file that is not the generator of this version */
async function generatorAt(path: string): Promise<string> {
  if (!existsSync(path)) {
    console.error(`fetching ${JAR}`)
    const response = await fetch(JAR)
    if (!response.ok) throw new Error(`${JAR}: found status ${response.status}, expected 200`)
    writeFileSync(path, Buffer.from(await response.arrayBuffer()))
  }
  const found = createHash('sha256').update(readFileSync(path)).digest('hex')
  if (found !== SHA256) throw new Error(`${path}: found SHA-256 ${found}, expected ${SHA256}`)
  return path
}

/** @throws {Error} with the end of what the generator said */
async function generate(jar: string, file: string, target: Target, folder: string): Promise<void> {
  const { generator, properties, renamed } = target
  const list = (pairs: Record<string, string>) =>
    Object.entries(pairs)
      .map(([name, value]) => `${name}=${value}`)
      .join()
  const args = ['-jar', jar, 'generate', '-i', file, '-g', generator, '-o', folder]
  args.push('--openapi-normalizer', NORMALIZER, '--additional-properties', list(properties))
  if (Object.keys(renamed).length > 0) args.push('--model-name-mappings', list(renamed))
  await run('java', args, scratch)
}

/**
 * The program beside the Worker, which must go on answering meanwhile.
 * @returns what it wrote
 * @throws {Error} with the end of that, when it fails
 */
async function run(program: string, args: string[], folder: string): Promise<string> {
  const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  let told = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => {
      told += piece
    })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${program} ${args[0]}: ended with ${code}:\n${told.slice(-3000)}`)
  return told
}

/** @throws {Error} naming the operations, schemas and fields that are missing */
function check({ paths, components }: Description, { language, extension, renamed }: Target, folder: string): void {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(extension))
  const sources = new Map(files.map((path) => [basename(path, extension), readFileSync(join(folder, path), 'utf8')]))
  const all = [...sources.values()].join('\n')
  const has = (source: string, name: string) => new RegExp(`\\b${name}\\b`).test(source)
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  const schemas = Object.entries(components.schemas).map(([name, schema]) => [renamed[name] ?? name, schema] as const)
  const missing = [...schemas.map(([name]) => name), ...operations.map(({ operationId }) => operationId)]
    .filter((name) => !has(all, name))
    .concat(
      schemas.flatMap(([name, { properties = {} }]) =>
        Object.keys(properties)
          .filter((field) => !has(sources.get(name) ?? all, field))
          .map((field) => `${name}.${field}`),
      ),
    )
  if (missing.length > 0) throw new Error(`${language}: found no ${missing.join(', ')}`)
  console.log(`${language}: ${operations.length} operations and ${schemas.length} schemas in ${files.length} files`)
}

async function callFromKotlin(folder: string, url: string): Promise<void> {
  const project = join(scratch, 'call-kotlin')
  mkdirSync(project)
  for (const file of ['pom.xml', 'Main.kt']) copyFileSync(join(CALLERS, file), join(project, file))
  const goals = ['--quiet', '--batch-mode', 'compile', 'exec:java']
  const told = await run('mvn', [...goals, `-Dclient=${folder}`, `-Dexec.args=${url}`], project)
  console.log(lastLine(told))
}

async function callFromSwift(folder: string, url: string): Promise<void> {
  const project = join(scratch, 'call-swift')
  mkdirSync(join(project, 'Sources/check'), { recursive: true })
  cpSync(join(folder, 'Sources/Marquee'), join(project, 'Sources/Marquee'), { recursive: true })
  copyFileSync(join(CALLERS, 'Package.swift'), join(project, 'Package.swift'))
  copyFileSync(join(CALLERS, 'main.swift'), join(project, 'Sources/check/main.swift'))
  if (process.platform === 'linux')
    fitToLinux(join(project, 'Sources/Marquee/Infrastructure/URLSessionImplementations.swift'))
  console.log(lastLine(await run('swift', ['run', 'check', url], project)))
}

/** Of the generated client one file knows only Apple's modules: where they are not there, it gets Foundation's own. */
function fitToLinux(file: string): void {
  const source = readFileSync(file, 'utf8')
  const ours = source
    .replace(
      '#if !os(macOS)\nimport MobileCoreServices\n#endif',
      '#if canImport(FoundationNetworking)\nimport FoundationNetworking\n#endif',
    )
    .replace(/^ +if let uti = UTType[^}]*}\n/m, '')
  writeFileSync(file, ours)
}

/** Of what a program wrote, without the colours that Maven ends with. */
function lastLine(text: string): string {
  return stripVTControlCharacters(text).trim().split('\n').at(-1)!
}
