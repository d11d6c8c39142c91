interface RateLimits {
  readonly rateLimitMode: 'memory' | 'valkey' | 'share';
  readonly gateways: number;
}

/** Who counts rate limits at the moment, in words. */
export function describeRateLimits({ rateLimitMode, gateways }: RateLimits): string {
  switch (rateLimitMode) {
    case 'memory':
      return 'Counted in this process, exactly';
    case 'valkey':
      return 'Shared between gateways through Valkey, exactly';
    case 'share':
      return gateways === 1
        ? 'Valkey is away: this gateway, the only one, counts by itself until it is back'
        : `Valkey is away: each of ${gateways} gateways enforces limit ÷ ${gateways} by itself until it is back`;
  }
}
