import type { Pool } from "pg";

import type { Log } from "../core/log.ts";
import type { Holder } from "../db/api-tokens.ts";
import type { Pace } from "../db/request-pace.ts";
import type { SecretBox } from "../db/secret-box.ts";
import type { Oauth } from "../quickbooks/online/oauth.ts";
import type { BatchCompanies } from "./batch-companies.ts";
import type { Coordinators } from "./coordinators.ts";
import type { Loaders } from "./loaders.ts";
import type { Feed } from "./progress/feed.ts";

/** What the api is made of; everything in it is shared by all requests. */
export interface Deps {
  pool: Pool;
  box: SecretBox;
  oauth: Oauth;
  coordinators: Coordinators;
  feed: Feed;
  log: Log;
  settings: Settings;
}

interface Settings {
  /** How the world reaches the api. */
  publicUrl: string;
  intuitApiUrl: string;
  /** The verifier token of Intuit's webhooks; null where none are set up. */
  webhookToken: string | null;
  pace: Pace;
  temporal: { uiUrl: string; namespace: string };
}

/** What a door learns about a request before GraphQL sees it. */
export interface Asker {
  viewer: Holder;
  requestId: string;
}

/** What every resolver is given. */
export interface Context extends Asker {
  deps: Deps;
  batchCompanies: BatchCompanies;
  load: Loaders;
}
