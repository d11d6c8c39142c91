const CONTENT_SECURITY_POLICY = contentSecurityPolicy("'none'");

function contentSecurityPolicy(frameAncestors: string): string {
  return [
    "default-src 'self'",
    "script-src 'self'",
    // The component library writes <style> elements.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${frameAncestors}`,
  ].join('; ');
}

const ALWAYS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  // Answers of the management API are about now and about secrets. Files of the console overwrite this.
  'cache-control': 'no-store',
} as const;

/** A year, this host only: what else its domain serves is not ours to decide. */
const TLS_ONLY = { 'strict-transport-security': 'max-age=31536000' } as const;

/** What a page overwrites that pages of one foreign origin may frame. `origin`: as `URL` spells it, nothing else. */
export function embeddedPageHeaders(origin: string): Readonly<Record<string, string>> {
  return { 'content-security-policy': contentSecurityPolicy(origin), 'cross-origin-resource-policy': 'cross-origin' };
}

/** Fields of every answer of the management app. */
export function securityHeaders(secure: boolean): Readonly<Record<string, string>> {
  return secure ? { ...ALWAYS, ...TLS_ONLY } : ALWAYS;
}
