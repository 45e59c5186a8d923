import type { Fault } from "../../core/faults.ts";

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  accessExpiresAt: Date;
  refreshExpiresAt: Date | null;
}

/** Trades a refresh token for a new pair; a fault when Intuit says that the grant is over. */
export type ExchangeRefreshToken = (
  refreshToken: string,
) => Promise<{ tokens: TokenPair } | { fault: Fault }>;

/** Where the tokens of one company are kept. */
export interface TokenStore {
  /** The pair as it stands. Throws the faults `not-connected` and `authorization-ended`. */
  read(): Promise<TokenPair>;
  /**
   * The pair that follows `stale`. Of all processes one makes the exchange, under a lock; whoever
   * comes later finds a newer pair and takes that. The new pair is durable before it is answered.
   */
  refresh(stale: string, exchange: ExchangeRefreshToken): Promise<TokenPair>;
}
