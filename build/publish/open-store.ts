import type { OpenObjectStore } from './object-store.ts'
import { type Place, requireFolder } from './place.ts'

/**
 * The bucket of a place: the local R2 by Miniflare, Cloudflare's R2 (or another) by the S3 API, or the folder of
 * `npm run serve`. Loaded only when it is asked for.
 * @throws {PublishError} when what leads there is missing
 */
export async function openObjectStore(place: Place = {}): Promise<OpenObjectStore> {
  const { target = 'local', stateDir } = place
  if (target === 'local') return (await import('./local-r2.ts')).openLocalR2(stateDir === undefined ? {} : { stateDir })
  if (target === 'remote') {
    const { openS3 } = await import('./s3-store.ts')
    return { ...(await openS3(place)), close: async () => {} }
  }
  requireFolder(target)
  const [{ join }, { folderStore }] = await Promise.all([import('node:path'), import('./folder-store.ts')])
  return { ...folderStore(join(target, 'models-bucket')), close: async () => {} }
}
