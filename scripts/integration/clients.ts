import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { startWorker } from '../worker.ts'

/**
 * Clients for iOS and Android from the Worker's own /openapi.json, by OpenAPI Generator (a Java program from Maven
 * Central). Fails where a schema or an operation of the description is not in what came out; compiles it where a compiler
 * is at hand.
 *   node scripts/integration/clients.ts [--output DIR] [--jar FILE]
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
  /** of the description to the language's, where the generator's own is unhandy */
  types?: string
  extension: string
  /** what it is compiled with where that is installed, in the client's folder */
  compiler: string[]
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
    // otherwise a BigDecimal
    types: 'number=kotlin.Double',
    extension: '.kt',
    compiler: ['gradle', 'compileKotlin'],
  },
  {
    language: 'Swift',
    generator: 'swift6',
    properties: { projectName: 'Marquee', responseAs: 'AsyncAwait' },
    extension: '.swift',
    compiler: ['swift', 'build'],
  },
]

/** What of the description the clients must have. */
interface Description {
  paths: Record<string, Record<string, { operationId: string }>>
  components: { schemas: Record<string, { type?: string; enum?: unknown[]; properties?: object }> }
}

const { values: options } = parseArgs({ options: { output: { type: 'string' }, jar: { type: 'string' } } })

const scratch = mkdtempSync(join(tmpdir(), 'integration-clients-'))
try {
  requireJava()
  const jar = await generatorAt(resolve(options.jar ?? join(scratch, 'generator.jar')))
  const { description, file } = await describe()
  for (const target of TARGETS) {
    const folder = resolve(options.output ?? scratch, target.language.toLowerCase())
    generate(jar, file, target, folder)
    check(description, target, folder)
    compile(target, folder)
  }
} catch (error) {
  console.error(`integration:clients: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
} finally {
  rmSync(scratch, { recursive: true, force: true })
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

/** What a Worker says of its API; it needs no model for that. */
async function describe(): Promise<{ description: Description; file: string }> {
  const worker = await startWorker({ stateDir: join(scratch, 'state'), webDir: join(scratch, 'web') })
  try {
    const text = await (await worker.fetch('http://localhost/openapi.json')).text()
    const file = join(scratch, 'openapi.json')
    writeFileSync(file, text)
    return { description: JSON.parse(text) as Description, file }
  } finally {
    await worker.stop()
  }
}

/** @throws {Error} with the end of what the generator said */
function generate(jar: string, file: string, { language, generator, properties, types }: Target, folder: string): void {
  const settings = Object.entries(properties).map(([name, value]) => `${name}=${value}`)
  const args = ['-jar', jar, 'generate', '-i', file, '-g', generator, '-o', folder]
  if (types !== undefined) args.push('--type-mappings', types)
  const { status, stdout, stderr } = spawnSync('java', [...args, '--additional-properties', settings.join(',')], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${language}: ${`${stdout}${stderr}`.slice(-2000)}`)
}

/** @throws {Error} naming the schemas and operations that are missing */
function check({ paths, components }: Description, { language, extension }: Target, folder: string): void {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(extension))
  const source = files.map((path) => readFileSync(join(folder, path), 'utf8')).join('\n')
  const has = (name: string) => new RegExp(`\\b${name}\\b`).test(source)
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  const schemas = Object.keys(components.schemas)
  const missing = [...schemas, ...operations.map(({ operationId }) => operationId)].filter((name) => !has(name))
  if (missing.length > 0) throw new Error(`${language}: found no ${missing.join(', ')}`)
  console.log(`${language}: ${operations.length} operations and ${schemas.length} schemas in ${files.length} files`)
}

/** @throws {Error} with the end of what the compiler said */
function compile({ language, compiler: [program, ...args] }: Target, folder: string): void {
  if (spawnSync(program!, ['--version']).status !== 0) {
    console.log(`${language}: not compiled, as there is no ${program} here`)
    return
  }
  const { status, stdout, stderr } = spawnSync(program!, args, { cwd: folder, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${language}: ${program}: ${`${stdout}${stderr}`.slice(-2000)}`)
  console.log(`${language}: compiled`)
}
