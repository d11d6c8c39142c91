export interface NginxOptions {
  readonly directory: string;
  readonly keys: readonly string[];
  /** Requests a minute of each key. */
  readonly limit: number;
  readonly port: number;
  readonly upstreamPort: number;
  readonly log: 'line' | 'buffered';
}

/** One worker that knows the keys, limits each of them, logs every request with the key's number, and keeps connections open on both sides. */
export function nginxConfiguration({ directory, keys, limit, port, upstreamPort, log }: NginxOptions): string {
  const identity = keys.map((key, index) => `    "Bearer ${key}" ${index + 1};`).join('\n');
  const isRoot = process.getuid?.() === 0;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `  ${kind}_temp_path ${directory}/${kind};`)
    .join('\n');
  return `${isRoot ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log crit;
events { worker_connections 1024; }
http {
${temporary}
  map_hash_max_size 65536;
  map_hash_bucket_size 256;
  map $http_authorization $token_id {
    default "";
${identity}
  }
  limit_req_zone $token_id zone=tokens:10m rate=${limit}r/m;
  limit_req_status 429;
  log_format usage '$msec $token_id $remote_addr $request_method "$request_uri" $status $request_length $body_bytes_sent $request_time "$http_user_agent" $request_id';
  access_log ${directory}/access.log usage${log === 'buffered' ? ' buffer=64k flush=1s' : ''};
  keepalive_requests 100000000;
  upstream api {
    server 127.0.0.1:${upstreamPort};
    keepalive 128;
    keepalive_requests 100000000;
  }
  server {
    listen 127.0.0.1:${port};
    location /api/ {
      if ($token_id = "") { return 401; }
      limit_req zone=tokens burst=${Math.max(limit - 1, 0)} nodelay;
      proxy_pass http://api/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "";
      proxy_set_header X-Token-Id $token_id;
    }
  }
}
`;
}
