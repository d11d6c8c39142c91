/** An HTTP request on the management REST, as any server can give it. */
export interface RestRequest {
  /** Upper-case. */
  readonly method: string;
  /** Raw path without the query, such as `/api/api-tokens/7`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The `Content-Type` field, `null` where there is none. */
  readonly contentType: string | null;
  /** Reads the body as text; rejects with `OperationError('PAYLOAD_TOO_LARGE')` beyond the server's limit. `''`: no body. */
  readonly readBody: () => Promise<string>;
}

export interface RestResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Already in the contract's names; to be sent as JSON. */
  readonly body: unknown;
}
