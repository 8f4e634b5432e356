import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** `localhost` may mean either; a server on the other one would get our visitors. */
const LOOPBACK = ['127.0.0.1', '::1']

/** Whether another program listens there already. An address that this machine lacks is not taken. */
export async function isPortTaken(port: number, host: string): Promise<boolean> {
  const hosts = LOOPBACK.includes(host) ? LOOPBACK : [host]
  const taken = await Promise.all(hosts.map((each) => cannotListen(port, each)))
  return taken.includes(true)
}

/** One that nobody listens at just now, on 127.0.0.1. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

function cannotListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(true)
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve(false)
      else reject(error)
    })
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(false)))
  })
}
