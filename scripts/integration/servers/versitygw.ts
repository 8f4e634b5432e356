import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openS3Client } from '../../../build/publish/s3-client.ts'
import { goProgram } from '../../go-program.ts'
import { freePort } from '../../port.ts'
import type { ObjectServer } from './object-server.ts'

const PACKAGE = 'github.com/versity/versitygw/cmd/versitygw'
const VERSION = 'v1.8.0'

/**
 * Versity's S3 gateway (Go) over a folder that is removed at the end. It checks every signature, as Amazon does.
 * @param folder where the program is kept, or made (5 minutes)
 */
export async function startVersitygw(folder: string): Promise<ObjectServer> {
  const program = goProgram(folder, PACKAGE, VERSION)
  const data = mkdtempSync(join(tmpdir(), 'versitygw-'))
  // its metadata lies beside, as not every file system has extended attributes
  for (const name of ['objects', 'metadata']) mkdirSync(join(data, name))
  const port = await freePort()
  const env = {
    ...{ AWS_ACCESS_KEY_ID: 'marquee', AWS_SECRET_ACCESS_KEY: 'nobody-s-secret' },
    ...{ S3_ENDPOINT: `http://127.0.0.1:${port}`, S3_BUCKET: 'marquee-models', S3_REGION: 'us-east-1' },
  }
  const child = spawn(
    program,
    [
      ...['--quiet', '--port', `127.0.0.1:${port}`],
      ...['--access', env.AWS_ACCESS_KEY_ID, '--secret', env.AWS_SECRET_ACCESS_KEY],
      ...['posix', '--sidecar', join(data, 'metadata'), join(data, 'objects')],
    ],
    { stdio: 'ignore' },
  )
  const ended = once(child, 'exit').then(([code]) => {
    rmSync(data, { recursive: true })
    return code
  })
  // it may need a moment to listen
  const made = openS3Client({ env }).then((client) => client.send({ method: 'PUT' }))
  const early = ended.then((code) => Promise.reject(new Error(`versitygw ended with code ${code}`)))
  early.catch(() => {})
  await Promise.race([made, early])
  return {
    env,
    async stop() {
      child.kill()
      await ended
    },
  }
}
