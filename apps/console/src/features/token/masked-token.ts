/** How a token is shown once its secret is gone: `lk_live_••••abc1`. */
export function maskedToken(token: { prefix: string; last4: string }): string {
  return `${token.prefix}••••${token.last4}`;
}
