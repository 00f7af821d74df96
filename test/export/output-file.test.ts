import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync, readFileSync, readSync, writeSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openOutput } from '../../src/export/output-file.ts'

/** A pipe with both ends in this process: one to write to, that waits for its reader, and one to read. */
function pipe(t: Test): { readonly read: number; readonly write: number } {
  const path = join(t.testdir(), 'pipe')
  spawnSync('mkfifo', [path])
  const read = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const write = openSync(path, constants.O_WRONLY)
  t.teardown(() => closeSync(write))
  return { read, write }
}

const { signal } = new AbortController()

t.test(
  'a pipe that nobody reads is given up, and the descriptor still waits for others',
  async (t) => {
    const { read, write } = pipe(t)
    const output = openOutput(write)
    t.teardown(output.close)
    const block = Buffer.alloc(64 * 1024, 'x')
    let taken = 0
    for (let bytes = -1; bytes !== 0; taken += bytes) bytes = await output.write(block, signal)
    t.ok(taken >= 64 * 1024, 'the pipe is full')
    const stopped = new AbortController()
    const waiting = output.write(block, stopped.signal)
    stopped.abort()
    await t.rejects(waiting, { name: 'AbortError' })
    await t.rejects(output.write(block, stopped.signal), { name: 'AbortError' })
    while (taken > 0) taken -= readSync(read, Buffer.alloc(1024 * 1024))
    t.equal(await output.write(Buffer.from('again'), signal), 5)
    t.equal(readFlags(write) & constants.O_NONBLOCK, 0, 'the log writes to it as before')
    closeSync(read)
    await t.rejects(output.write(Buffer.from('nobody'), signal), { code: 'EPIPE' })
  },
)

function readFlags(descriptor: number): number {
  const text = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')
  return parseInt(/flags:\s+([0-7]+)/.exec(text)?.[1] ?? '', 8)
}

t.test('a file is written where its descriptor stands', async (t) => {
  const path = join(t.testdir(), 'out')
  const descriptor = openSync(path, 'w')
  t.teardown(() => closeSync(descriptor))
  const output = openOutput(descriptor)
  writeSync(descriptor, 'log\n')
  t.equal(await output.write(Buffer.from('entry\n'), signal), 6)
  writeSync(descriptor, 'log\n')
  output.close()
  writeSync(descriptor, 'still open\n')
  t.equal(readFileSync(path, 'utf8'), 'log\nentry\nlog\nstill open\n')
})

t.test('a pipe that cannot be opened again is written to as it is', async (t) => {
  // Opening a pipe to write without waiting fails while nobody reads it.
  const { read, write } = pipe(t)
  closeSync(read)
  const output = openOutput(write)
  await t.rejects(output.write(Buffer.from('x'), signal), { code: 'EPIPE' })
  output.close()
})

t.test('a socket is written to as it is', async (t) => {
  const path = join(t.testdir(), 'socket')
  const server = createServer().listen(path)
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const client = connect(path)
  const [socket] = await accepted
  const output = openOutput(descriptorOf(socket))
  t.equal(await output.write(Buffer.from('entry'), signal), 5)
  t.equal(String((await once(client, 'data'))[0]), 'entry')
  output.close()
  client.destroy()
  socket.destroy()
  server.close()
})

/** Node shows the descriptor of a socket nowhere else. */
function descriptorOf(socket: Socket): number {
  return (socket as Socket & { readonly _handle: { readonly fd: number } })._handle.fd
}
