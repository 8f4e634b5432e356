import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pythonWith } from '../../python-environment.ts'
import type { ObjectServer } from './object-server.ts'

const PACKAGES = ['moto==5.2.1', 'boto3==1.44.5', 'flask==3.1.3', 'flask-cors==6.0.5']

/**
 * moto (PyPI). It checks signatures once it is told to, of keys without special characters: those of others it gets wrong,
 * boto3's own among them.
 * @param venv a Python environment to use or to make (about 150 MB)
 */
export async function startMoto(venv: string): Promise<ObjectServer> {
  const python = pythonWith(venv, PACKAGES)
  const child = spawn(python, [join(import.meta.dirname, 's3.moto.py')])
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000)
  })
  const ended = once(child, 'close').then(([code]) =>
    Promise.reject(new Error(`moto ended with code ${code}:\n${said}`)),
  )
  const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [string]
  ended.catch(() => {})
  const { endpoint, id, secret, bucket } = JSON.parse(line) as Record<'endpoint' | 'id' | 'secret' | 'bucket', string>
  return {
    env: {
      ...{ AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret },
      ...{ S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_REGION: 'us-east-1' },
    },
    checkSignatures: () => fetch(`${endpoint}/moto-api/reset-auth`, { method: 'POST', body: '0' }),
    stop: async () => void child.kill(),
  }
}
