import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { audience, issuerUrl } from './calls.ts'

/** What a proxy is to do, and where. */
export interface ProxyPlan {
  readonly directory: string
  readonly port: number
  readonly upstreamPort: number
  readonly tls: boolean
}

/** One worker for Envoy and nginx, so that each proxy has one thread for its calls, as Sallyport has. */
const streamsMax = 1_000

/** What Sallyport is told: the issuer's keys, a policy, and the audit trail in one of its modes. */
export function writeSallyport(
  { directory, port, upstreamPort, tls }: ProxyPlan,
  durability: 'synced' | 'buffered',
  opsPort: number,
): string {
  const where = { address: `127.0.0.1:${port}` }
  const certificate = { cert_file: '../tls.crt', key_file: '../tls.key' }
  const gitlab = {
    kind: 'gitlab',
    url: issuerUrl,
    audience,
    jwks_file: '../jwks.json',
    shared: true,
  }
  const service = {
    version: 1,
    listen: tls ? { ...where, tls: certificate } : { ...where, plaintext: true },
    upstream: { address: `127.0.0.1:${upstreamPort}`, plaintext: true },
    issuers: { gitlab },
    policy: 'policy.yaml',
    audit: { directory: './audit', durability },
    ops: { address: `127.0.0.1:${opsPort}` },
    log: { level: 'warn' },
  }
  writeFileSync(join(directory, 'policy.yaml'), stringify(policy))
  return write(directory, 'sallyport.yaml', stringify(service))
}

const branch = { ref_type: 'branch', ref: 'main', ref_protected: true }
const ofProject = (id: string) => ({ project_id: id, ...branch })

/** Rules of a small company, as in the example that comes with Sallyport. */
const policy = {
  version: 1,
  machines: [
    {
      name: 'ledger-main',
      issuer: 'gitlab',
      match: { ...ofProject('48210377'), project_path: 'acme/payments/ledger-workers' },
      grants: [
        {
          namespace: 'payments',
          role: 'starter',
          workflow_types: ['LedgerRollup', 'LedgerBackfill*'],
          task_queues: ['ledger'],
          workflow_ids: ['ledger-*'],
        },
      ],
    },
    {
      name: 'ledger-worker',
      issuer: 'gitlab',
      match: ofProject('48210377'),
      grants: [{ namespace: 'payments', role: 'worker', task_queues: ['ledger'] }],
    },
    ...['48210401', '48215530', '48219042'].map((id) => ({
      name: `project-${id}`,
      issuer: 'gitlab',
      match: ofProject(id),
      grants: [{ namespace: 'payments', role: 'viewer' }],
    })),
  ],
}

const extension = (name: string) => `type.googleapis.com/envoy.extensions.${name}`

/** What Envoy is told: the same keys, one claim that must hold, and a line of JSON for every call. */
export function writeEnvoy(plan: ProxyPlan): string {
  const { directory, port, upstreamPort, tls } = plan
  const connectionManager = {
    '@type': extension('filters.network.http_connection_manager.v3.HttpConnectionManager'),
    stat_prefix: 'in',
    codec_type: 'HTTP2',
    http2_protocol_options: { max_concurrent_streams: streamsMax },
    stream_idle_timeout: '0s',
    access_log: [accessLog(directory)],
    route_config: {
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [{ match: { prefix: '/' }, route: { cluster: 'up', timeout: '0s' } }],
        },
      ],
    },
    http_filters: [
      filter('envoy.filters.http.jwt_authn', 'jwt_authn.v3.JwtAuthentication', jwtOf(directory)),
      filter('envoy.filters.http.rbac', 'rbac.v3.RBAC', { rules: oneProject }),
      filter('envoy.filters.http.router', 'router.v3.Router', {}),
    ],
  }
  const chain = {
    ...(tls && { transport_socket: tlsOf(directory) }),
    filters: [
      {
        name: 'envoy.filters.network.http_connection_manager',
        typed_config: connectionManager,
      },
    ],
  }
  const listener = { name: 'in', address: socketAddress(port), filter_chains: [chain] }
  const clusters = [clusterOf(upstreamPort)]
  const bootstrap = { static_resources: { listeners: [listener], clusters } }
  return write(directory, 'envoy.yaml', stringify(bootstrap))
}

function filter(name: string, type: string, config: object): object {
  return { name, typed_config: { '@type': extension(`filters.http.${type}`), ...config } }
}

function accessLog(directory: string): object {
  const ofToken = (claim: string) => `%DYNAMIC_METADATA(envoy.filters.http.jwt_authn:jwt:${claim})%`
  return {
    name: 'envoy.access_loggers.file',
    typed_config: {
      '@type': extension('access_loggers.file.v3.FileAccessLog'),
      path: join(directory, 'access.log'),
      log_format: {
        json_format: {
          time: '%START_TIME%',
          path: '%REQ(:PATH)%',
          status: '%RESPONSE_CODE%',
          grpc: '%GRPC_STATUS%',
          bytes_in: '%BYTES_RECEIVED%',
          bytes_out: '%BYTES_SENT%',
          duration: '%DURATION%',
          sub: ofToken('sub'),
          project: ofToken('project_id'),
          job: ofToken('job_id'),
          peer: '%DOWNSTREAM_REMOTE_ADDRESS%',
        },
      },
    },
  }
}

/** As many tokens in its cache as Sallyport keeps. */
function jwtOf(directory: string): object {
  const provider = {
    issuer: issuerUrl,
    audiences: [audience],
    local_jwks: { filename: join(directory, '../jwks.json') },
    payload_in_metadata: 'jwt',
    jwt_cache_config: { jwt_cache_size: 10_000 },
  }
  const requires = { provider_name: 'gitlab' }
  return { providers: { gitlab: provider }, rules: [{ match: { prefix: '/' }, requires }] }
}

const oneProject = {
  action: 'ALLOW',
  policies: {
    project: {
      permissions: [{ any: true }],
      principals: [
        {
          metadata: {
            filter: 'envoy.filters.http.jwt_authn',
            path: [{ key: 'jwt' }, { key: 'project_id' }],
            value: { string_match: { exact: '48210377' } },
          },
        },
      ],
    },
  },
}

function tlsOf(directory: string): object {
  const file = (name: string) => ({ filename: join(directory, '..', name) })
  const certificate = { certificate_chain: file('tls.crt'), private_key: file('tls.key') }
  return {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': extension('transport_sockets.tls.v3.DownstreamTlsContext'),
      common_tls_context: { alpn_protocols: ['h2'], tls_certificates: [certificate] },
    },
  }
}

const socketAddress = (port: number) => ({
  socket_address: { address: '127.0.0.1', port_value: port },
})

/** Its own limits would refuse thousands of polls. */
const enough = { max_requests: 100_000, max_pending_requests: 100_000, max_connections: 10_000 }

function clusterOf(upstreamPort: number): object {
  const options = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions'
  return {
    name: 'up',
    type: 'STATIC',
    connect_timeout: '1s',
    circuit_breakers: { thresholds: [enough] },
    typed_extension_protocol_options: {
      [options]: {
        '@type': `type.googleapis.com/${options}`,
        explicit_http_config: { http2_protocol_options: {} },
      },
    },
    load_assignment: {
      cluster_name: 'up',
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(upstreamPort) } }] }],
    },
  }
}

/** What nginx is told: to pass everything on and to write a line for every call. It knows no identity. */
export function writeNginx({ directory, port, upstreamPort, tls }: ProxyPlan): string {
  const certificate = `ssl_certificate ${directory}/../tls.crt; ssl_certificate_key ${directory}/../tls.key;`
  return write(
    directory,
    'nginx.conf',
    `worker_processes 1; daemon off; pid ${directory}/pid; error_log ${directory}/error.log;
worker_rlimit_nofile 65536;
events { worker_connections 20000; }
http {
  log_format calls escape=json '{"time":"$time_iso8601","path":"$uri","status":$status,"grpc":"$upstream_trailer_grpc_status","bytes_in":$request_length,"bytes_out":$bytes_sent,"duration":$request_time,"peer":"$remote_addr"}';
  access_log ${directory}/access.log calls;
  client_body_temp_path ${directory}/body; proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi; uwsgi_temp_path ${directory}/uwsgi; scgi_temp_path ${directory}/scgi;
  large_client_header_buffers 8 16k;
  keepalive_requests 1000000000; http2_max_concurrent_streams ${streamsMax};
  client_max_body_size 8m; client_body_buffer_size 1m;
  grpc_read_timeout 600s; grpc_send_timeout 600s;
  upstream up { server 127.0.0.1:${upstreamPort}; keepalive 200; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port} ${tls ? 'ssl ' : ''}http2 backlog=1024;
    ${tls ? certificate : ''}
    location / { grpc_pass grpc://up; }
  }
}
`,
  )
}

function write(directory: string, name: string, text: string): string {
  const file = join(directory, name)
  writeFileSync(file, text)
  return file
}
