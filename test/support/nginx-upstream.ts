import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import { freePort } from '../../src/demo/free-port.ts'
import { isListening } from './is-listening.ts'

/** What nginx answers by itself on {@link staticPath}: a message in its frame. */
const staticAnswer = Buffer.concat([Buffer.from([0, 0, 0, 0, 9]), Buffer.from('an answer')])

const staticMethod = 'temporal.api.workflowservice.v1.WorkflowService/ListSchedules'

/** The one path that nginx answers by itself. */
export const staticPath = `/${staticMethod}`

/** Starts nginx in front of a gRPC server, to which all but one path go on. */
export async function startNginx(t: Test, behind: string): Promise<string> {
  const port = await freePort()
  const [service = '', method = ''] = staticMethod.split('/')
  const directory = t.testdir({
    'nginx.conf': configText(port, behind),
    files: { [service]: { [method]: staticAnswer } },
  })
  const child = spawn('nginx', ['-p', directory, '-c', join(directory, 'nginx.conf')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  t.teardown(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`)
    await delay(20)
  }
  return `127.0.0.1:${port}`
}

/** A static file is not for POST, which gRPC always is: hence the answer from an error page. */
function configText(port: number, behind: string): string {
  return `
daemon off;
master_process off;
pid nginx.pid;
error_log error.log;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  client_max_body_size 0;
  large_client_header_buffers 4 256k;
  grpc_buffer_size 256k;
  server {
    listen 127.0.0.1:${port} http2;
    location / { grpc_pass grpc://${behind}; }
    location = ${staticPath} {
      root files;
      default_type application/grpc;
      add_trailer grpc-status 0;
      error_page 405 =200 $uri;
    }
  }
}
`
}
