import { type KeyObject, verify } from 'node:crypto';

/** ECDSA over P-256 and SHA-256 over the body exactly as it arrived; the signature is base64 of DER (GitHub secret scanning partner program). */
export function verifyReport(body: Uint8Array, signature: string, key: KeyObject): boolean {
  if (key.asymmetricKeyType !== 'ec' || !/^[A-Za-z0-9+/]{8,200}={0,2}$/.test(signature)) return false;
  try {
    return verify('sha256', body, key, Buffer.from(signature, 'base64'));
  } catch {
    // What is no DER is no signature.
    return false;
  }
}
