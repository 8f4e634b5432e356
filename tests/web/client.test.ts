import { expect, test } from 'vitest'
import { createPageClient } from '../../functions/web/client.ts'

test('the page asks its own origin, once more after a lost connection, and then says so', async () => {
  const urls: string[] = []
  const client = createPageClient((url) => {
    urls.push(url)
    return Promise.reject(new TypeError('fetch failed'))
  })
  await expect(client.movie(6)).rejects.toMatchObject({ name: 'MarqueeError', code: 'network' })
  expect(urls).toEqual(['/v1/movies/6', '/v1/movies/6'])
})
