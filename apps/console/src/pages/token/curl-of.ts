/** The request again, as a line for a shell. The secret is not known here: the line reads it from a variable. */
export function curlOf(request: { method: string; path: string }, origin: string): string {
  const method = request.method === 'GET' ? '' : ` -X ${quote(request.method)}`;
  return `curl${method} -H "Authorization: Bearer $API_TOKEN" ${quote(`${origin}/api${request.path}`)}`;
}

/** Callers choose their paths: nothing of one may be read by the shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
