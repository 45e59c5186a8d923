import { randomBytes } from "node:crypto";

const ACCESS_SECONDS = 3600;
const REFRESH_SECONDS = 8_726_400;
const HARD_CAP_SECONDS = 5 * 365 * 86_400;
const CODE_SECONDS = 600;
const HOUR_MS = 3_600_000;

/** One consent: everything that was issued from it lives and dies together. */
interface Family {
  realmId: string;
  clientId: string;
  isRevoked: boolean;
  refresh: string;
  refreshSince: number;
  refreshUntil: number;
  hardUntil: number;
}

interface Code {
  realmId: string;
  clientId: string;
  redirectUri: string;
  until: number;
  family: Family | undefined;
}

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  accessSeconds: number;
  refreshSeconds: number;
  hardSeconds: number;
}

const text = (bytes: number): string => randomBytes(bytes).toString("base64url");

/** Every code and token this simulator has given out (facts 2). Times are milliseconds. */
export class Grants {
  private readonly codes = new Map<string, Code>();
  private readonly access = new Map<string, { family: Family; until: number }>();
  private readonly refresh = new Map<string, Family>();

  /** A code for the redirect; it names the app and the redirect address that it was made for. */
  consent(made: { realmId: string; clientId: string; redirectUri: string }, now: number): string {
    const code = `XAB1${text(30)}`;
    this.codes.set(code, { ...made, until: now + CODE_SECONDS * 1000, family: undefined });
    return code;
  }

  /**
   * Exchanges a code. Undefined when it is unknown, late, of another app or address, or used
   * before; a second use also kills what the first one brought.
   */
  exchange(
    used: { code: string; clientId: string; redirectUri: string },
    now: number,
  ): TokenPair | undefined {
    const code = this.codes.get(used.code);
    if (code === undefined) return undefined;
    if (code.family !== undefined) {
      code.family.isRevoked = true;
      return undefined;
    }
    const isRight =
      code.clientId === used.clientId && code.redirectUri === used.redirectUri && now <= code.until;
    if (!isRight) return undefined;
    code.family = this.family(code.realmId, code.clientId, now);
    return this.pair(code.family, now);
  }

  /** A consent without a browser, for tests and benches that want a token at once. */
  issue(realmId: string, clientId: string, now: number): TokenPair {
    return this.pair(this.family(realmId, clientId, now), now);
  }

  /**
   * Refreshes. Undefined for a value that is unknown, expired, revoked or of another app; a value
   * that was rotated away is taken for theft and kills the whole family (facts 2, concurrency).
   */
  renew(value: string, clientId: string, now: number, valueHours: number): TokenPair | undefined {
    const family = this.refresh.get(value);
    if (family === undefined || family.clientId !== clientId) return undefined;
    if (family.refresh !== value) {
      family.isRevoked = true;
      return undefined;
    }
    if (family.isRevoked || now > family.refreshUntil || now > family.hardUntil) return undefined;
    if (now - family.refreshSince >= valueHours * HOUR_MS) this.rotate(family, now);
    family.refreshUntil = now + REFRESH_SECONDS * 1000;
    return this.pair(family, now);
  }

  /** The company behind a refresh token or code, as far as it is known. */
  realmOf(value: string): string | undefined {
    return this.refresh.get(value)?.realmId ?? this.codes.get(value)?.realmId;
  }

  /** What an access token is good for; undefined when it is expired, revoked or unknown. */
  realmFor(accessToken: string, now: number): string | undefined {
    const found = this.access.get(accessToken);
    const isGood = found !== undefined && !found.family.isRevoked && now < found.until;
    return isGood ? found.family.realmId : undefined;
  }

  /** Ends a grant by one of its tokens; false when there is nothing to end. */
  revoke(token: string): boolean {
    const family = this.refresh.get(token) ?? this.access.get(token)?.family;
    if (family === undefined || family.isRevoked) return false;
    family.isRevoked = true;
    return true;
  }

  /** Ends all grants of a company, as its administrator does in QuickBooks. */
  revokeRealm(realmId: string): void {
    for (const family of this.families(realmId)) family.isRevoked = true;
  }

  expireAccess(realmId: string | undefined): void {
    for (const token of this.access.values()) {
      if (realmId === undefined || token.family.realmId === realmId) token.until = 0;
    }
  }

  expireRefresh(realmId: string): void {
    for (const family of this.families(realmId)) family.refreshUntil = 0;
  }

  private families(realmId: string): Set<Family> {
    return new Set([...this.refresh.values()].filter((family) => family.realmId === realmId));
  }

  private family(realmId: string, clientId: string, now: number): Family {
    const family: Family = {
      realmId,
      clientId,
      isRevoked: false,
      refresh: "",
      refreshSince: now,
      refreshUntil: now + REFRESH_SECONDS * 1000,
      hardUntil: now + HARD_CAP_SECONDS * 1000,
    };
    this.rotate(family, now);
    return family;
  }

  private rotate(family: Family, now: number): void {
    family.refresh = `AB11${text(33)}`;
    family.refreshSince = now;
    this.refresh.set(family.refresh, family);
  }

  private pair(family: Family, now: number): TokenPair {
    const accessToken = `eyJlbmMiOiJBMTI4Q0JDLUhTMjU2In0.${text(48)}`;
    this.access.set(accessToken, { family, until: now + ACCESS_SECONDS * 1000 });
    return {
      accessToken,
      refreshToken: family.refresh,
      accessSeconds: ACCESS_SECONDS,
      refreshSeconds: Math.floor((family.refreshUntil - now) / 1000),
      hardSeconds: Math.floor((family.hardUntil - now) / 1000),
    };
  }
}
