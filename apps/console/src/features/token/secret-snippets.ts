export interface Snippet {
  readonly id: 'curl' | 'env' | 'javascript' | 'python';
  readonly label: string;
  readonly code: string;
}

/** Ready to paste, with the secret in it: shown once, beside the secret. `endpoint` is a whole address. */
export function secretSnippets(secret: string, endpoint: string): readonly Snippet[] {
  return [
    { id: 'curl', label: 'curl', code: `curl -H 'Authorization: Bearer ${secret}' \\\n  '${endpoint}'` },
    { id: 'env', label: '.env', code: `API_TOKEN=${secret}` },
    {
      id: 'javascript',
      label: 'JavaScript',
      code: [
        `const response = await fetch('${endpoint}', {`,
        `  headers: { Authorization: 'Bearer ${secret}' },`,
        '});',
        'console.log(response.status, await response.json());',
      ].join('\n'),
    },
    {
      id: 'python',
      label: 'Python',
      code: [
        'import json, urllib.request',
        '',
        'request = urllib.request.Request(',
        `    "${endpoint}",`,
        `    headers={"Authorization": "Bearer ${secret}"},`,
        ')',
        'with urllib.request.urlopen(request) as response:',
        '    print(response.status, json.load(response))',
      ].join('\n'),
    },
  ];
}

/** An address under the first pattern that this token may call, so that the snippet works as it stands. */
export function exampleEndpoint(origin: string, patterns: readonly string[] | null): string {
  const first = patterns?.map((pattern) => pattern.replace(/^\S+\s+/, '')).find((path) => path.startsWith('/'));
  const path = first === undefined ? '/products' : first.replace(/\*$/, '').replaceAll('*', '1');
  return `${origin}/api${path === '/' ? '/products' : path}`;
}
