/** Bindings of this service in scripts/serve/workerd-config.ts. */
interface Env {
  /** folder of the built page, as workerd shows it over HTTP */
  FILES: Fetcher
  /** the API */
  MARQUEE: Fetcher
  /** every path of the page: its file, and what its answer says beside */
  PATHS: Record<string, { file: string; headers: Record<string, string> }>
}

/** Static assets for plain workerd: the page's own paths are files, as Cloudflare serves them; all else is the API's. */
export default {
  async fetch(request, { FILES, MARQUEE, PATHS }) {
    const { pathname } = new URL(request.url)
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    const asset = isRead && Object.hasOwn(PATHS, pathname) ? PATHS[pathname] : undefined
    if (!asset) return MARQUEE.fetch(request)
    const file = await FILES.fetch(`http://files/${asset.file}`, { method: request.method })
    return new Response(file.body, { status: file.status, headers: asset.headers })
  },
} satisfies ExportedHandler<Env>
