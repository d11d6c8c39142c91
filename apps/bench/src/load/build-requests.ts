/** One whole GET request for each credential line, or a single one without any. Each looks like that of an ordinary client. */
export function buildRequests(path: string, port: number, credentials: readonly string[]): Buffer[] {
  const lines = credentials.length === 0 ? [null] : credentials;
  return lines.map((credential) => {
    const headers = [
      `Host: 127.0.0.1:${port}`,
      'User-Agent: latchkey-bench/1',
      'Accept: application/json',
      ...(credential ? [credential] : []),
    ];
    return Buffer.from(`GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`, 'latin1');
  });
}
