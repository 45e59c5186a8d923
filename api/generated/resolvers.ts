// Generated from api/schema by `npm run codegen`: do not edit.
import type { EditionWord as Edition } from '../words.ts';
import type { CompanyStateWord as CompanyState } from '../words.ts';
import type { ActivityWord as Activity } from '../words.ts';
import type { BatchKindWord as BatchKind } from '../words.ts';
import type { BatchTriggerWord as BatchTrigger } from '../words.ts';
import type { BatchStatusWord as BatchStatus } from '../words.ts';
import type { RecordKindWord as RecordKind } from '../words.ts';
import type { QuickBooksModeWord as QuickBooksMode } from '../words.ts';
import type { ApplicationRoleWord as ApplicationRole } from '../words.ts';
import type { ChangeWhatWord as ChangeWhat } from '../words.ts';
import type { ReapplyByWord as ReapplyBy } from '../words.ts';
import type { PlanStateWord as PlanState } from '../words.ts';
import type { ReconciliationSubjectWord as ReconciliationSubject } from '../words.ts';
import type { RoleWord as Role } from '../words.ts';
import type { ActorWord as Actor } from '../words.ts';
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Company as CompanyRow, Reason } from '../../db/companies.ts';
import type { Batch as BatchRow } from '../../db/batches.ts';
import type { StepSummary } from '../../db/steps.ts';
import type { StepSum as StepSumRow } from '../../db/step-sums.ts';
import type { StoredRecord, KindCount as KindCountRow } from '../../db/records.ts';
import type { ApplicationAtHome } from '../../db/applications.ts';
import type { Change as ChangeRow } from '../../db/changes.ts';
import type { ReapplicationOfBatch, ReconciliationOfBatch, AttentionOfCompany, Refusal as RefusalRow } from '../words.ts';
import type { PlanRow, PlannedMove as PlannedMoveRow } from '../../db/payment-plans.ts';
import type { ReconciliationLine as ReconciliationLineRow } from '../../db/reconciliations.ts';
import type { Books as BooksRow } from '../../quickbooks/source.ts';
import type { Connector as ConnectorRow } from '../../db/connectors.ts';
import type { FirstLook as FirstLookRow } from '../../db/connections.ts';
import type { Holder } from '../../db/api-tokens.ts';
import type { FaultKind } from '../../core/faults.ts';
import type { Context } from '../context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type EnumResolverSignature<T, AllowedValues = any> = { [key in keyof T]?: AllowedValues };
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A moment, RFC 3339 in UTC, such as `2026-11-22T09:30:00.000Z`. */
  DateTime: { input: Date; output: Date; }
  /** A day of the calendar, `YYYY-MM-DD`. */
  Date: { input: string; output: string; }
  /** An amount with the digits that QuickBooks gave, as a string: no float ever touches it. */
  Money: { input: string; output: string; }
};

export type { BatchKind };

export type { BatchTrigger };

export type { BatchStatus };

/** Reads. What a token may not see answers like what does not exist. */
export type Query = {
  __typename?: 'Query';
  /** One batch, or null. */
  batch: Maybe<Batch>;
  /** The batches of a company, newest first. `first` is 50 unless given, at most 500. */
  batches: BatchConnection;
  /** Who is asking: the role of the token and the companies it may see. */
  viewer: Viewer;
  /** Everything that can be in the way of a sync, what it means and who acts next. */
  errorGuide: Array<ErrorGuideEntry>;
  /** One company, or null. */
  company: Maybe<Company>;
  /** The companies that the token may see, oldest first. `first` is 50 unless given, at most 500. */
  companies: CompanyConnection;
  /**
   * The newest comparison of a company with QuickBooks that has ended, or that of the batch named; null
   * where there is none.
   */
  reconciliation: Maybe<Reconciliation>;
  /** One record, one that was deleted included, or null. */
  record: Maybe<Record>;
  /**
   * The records of a kind that QuickBooks has now, in the order of their ids. `first` is 50 unless
   * given, at most 500.
   */
  records: RecordConnection;
  /**
   * Every application that was added, changed or removed, in the order in which it was committed; asked
   * again from a cursor on it answers the same. `first` is 50 unless given, at most 500.
   */
  changes: ChangeConnection;
  /** What a person must decide at a company, newest first. `first` is 50 unless given, at most 500. */
  attention: AttentionConnection;
};


/** Reads. What a token may not see answers like what does not exist. */
export type QueryBatchArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. What a token may not see answers like what does not exist. */
export type QueryBatchesArgs = {
  companyId: Scalars['ID']['input'];
  first: InputMaybe<Scalars['Int']['input']>;
  after: InputMaybe<Scalars['String']['input']>;
};


/** Reads. What a token may not see answers like what does not exist. */
export type QueryCompanyArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. What a token may not see answers like what does not exist. */
export type QueryCompaniesArgs = {
  first: InputMaybe<Scalars['Int']['input']>;
  after: InputMaybe<Scalars['String']['input']>;
};


/** Reads. What a token may not see answers like what does not exist. */
export type QueryReconciliationArgs = {
  companyId: Scalars['ID']['input'];
  batchId: InputMaybe<Scalars['ID']['input']>;
};


/** Reads. What a token may not see answers like what does not exist. */
export type QueryRecordArgs = {
  companyId: Scalars['ID']['input'];
  kind: RecordKind;
  quickbooksId: Scalars['String']['input'];
};


/** Reads. What a token may not see answers like what does not exist. */
export type QueryRecordsArgs = {
  companyId: Scalars['ID']['input'];
  kind: RecordKind;
  first: InputMaybe<Scalars['Int']['input']>;
  after: InputMaybe<Scalars['String']['input']>;
};


/** Reads. What a token may not see answers like what does not exist. */
export type QueryChangesArgs = {
  companyId: Scalars['ID']['input'];
  first: InputMaybe<Scalars['Int']['input']>;
  after: InputMaybe<Scalars['String']['input']>;
};


/** Reads. What a token may not see answers like what does not exist. */
export type QueryAttentionArgs = {
  companyId: Scalars['ID']['input'];
  first: InputMaybe<Scalars['Int']['input']>;
  after: InputMaybe<Scalars['String']['input']>;
};

/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type Mutation = {
  __typename?: 'Mutation';
  /**
   * Reads everything for the first time, transactions from `historyFrom` on (all of them when it is not
   * given). Where an initial sync waits or runs already, that one is answered.
   */
  startInitialSync: BatchResult;
  /**
   * Reads the transactions before those that are held already, back to a day (its whole month), newest
   * first. It yields to every other batch of the company and is taken up again by itself.
   */
  startHistoricalSync: BatchResult;
  /**
   * Syncs what changed. A run at work takes it along, or it waits as the one next run; `Batch.note` says
   * which. `everything` also reads the kinds that no feed covers, which are read once a day otherwise.
   */
  syncNow: BatchResult;
  /**
   * Brings our applications of payments and credits back to QuickBooks' truth, for documents modified
   * since `from`, or dated since when `by` says so. Nothing is written to QuickBooks. A `preview` makes
   * the same plan and swaps nothing; `Batch.reapplication` shows it.
   */
  reapplyPayments: BatchResult;
  /** Ends a batch; what it stored stays, and `retryBatch` goes on from there. */
  cancelBatch: BatchResult;
  /** Puts a failed or cancelled batch back into the queue under its own id: it goes on where it stood. */
  retryBatch: BatchResult;
  /**
   * A new company of ours, not connected to anything yet. The name has 1 to 200 characters.
   * Only for tokens that see all companies.
   */
  createCompany: CompanyResult;
  /**
   * A person has seen whose books these are (`Company.books`, Desktop also `Company.firstLook`) and says
   * yes. From here on the company is bound to these books. Confirming twice is once.
   */
  confirmCompany: CompanyResult;
  /**
   * How the company is kept even from now on; what is left out stays. Refused until lists and open
   * balances are in. Enabling it again lets go of what held it.
   */
  setAutoSync: CompanyResult;
  /** Holds a company: no further batch begins until `resumeCompany`. */
  pauseCompany: CompanyResult;
  /**
   * Lets a company go on that was paused, or whose AutoSync was held after failures in a row. Where AutoSync
   * is enabled a run begins at once: it brings what changed meanwhile.
   */
  resumeCompany: CompanyResult;
  /**
   * The address to send the customer's browser to. There an administrator of the QuickBooks company
   * agrees, and Intuit sends the browser back to our callback. Also the way to connect again.
   */
  connectOnline: ConnectOnlineResult;
  /**
   * The first PC of a QuickBooks Desktop company: its login and its .qwc file. Where the company has a
   * connector, the refusal `already-done` names what to call instead.
   */
  connectDesktop: ConnectDesktopResult;
  /** A login and a .qwc file for one more PC, under a name of 1 to 200 characters that no other has. */
  addConnector: ConnectDesktopResult;
  /** A new password for a PC. The one before ends at once. */
  rotateConnectorPassword: ConnectDesktopResult;
  /** This PC may not log in any more, and what it is at ends. Revoking twice is once. */
  revokeConnector: ConnectorResult;
  /**
   * The company file was moved on purpose: from here on it is the one at the path where it was found.
   * Only while the last contact was refused as `file-moved` or `file-copied`.
   */
  acceptMovedFile: CompanyResult;
  /**
   * Most of a company file was changed at once (it was rebuilt, condensed or imported into), and that is
   * meant: the batch that waits for this word as `mass-change` reads and stores all of it. Only while one waits.
   */
  acceptMassChange: CompanyResult;
  /**
   * The books go on in a new company file. What was synced from the file before is kept as deleted; the
   * company is to be confirmed and synced anew. Only while the last contact was refused as `file-replaced`.
   */
  startNewFile: CompanyResult;
  /**
   * Compares what is held with QuickBooks, and heals the records that it finds to differ. Writes nothing to
   * QuickBooks. It also comes by itself, a while after an initial sync and a history, and every week.
   */
  verify: BatchResult;
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationStartInitialSyncArgs = {
  companyId: Scalars['ID']['input'];
  historyFrom: InputMaybe<Scalars['Date']['input']>;
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationStartHistoricalSyncArgs = {
  companyId: Scalars['ID']['input'];
  from: Scalars['Date']['input'];
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationSyncNowArgs = {
  companyId: Scalars['ID']['input'];
  everything: InputMaybe<Scalars['Boolean']['input']>;
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationReapplyPaymentsArgs = {
  companyId: Scalars['ID']['input'];
  from: Scalars['Date']['input'];
  preview: InputMaybe<Scalars['Boolean']['input']>;
  by: InputMaybe<ReapplyBy>;
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationCancelBatchArgs = {
  id: Scalars['ID']['input'];
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationRetryBatchArgs = {
  id: Scalars['ID']['input'];
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationCreateCompanyArgs = {
  input: CreateCompanyInput;
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationConfirmCompanyArgs = {
  companyId: Scalars['ID']['input'];
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationSetAutoSyncArgs = {
  companyId: Scalars['ID']['input'];
  input: AutoSyncInput;
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationPauseCompanyArgs = {
  companyId: Scalars['ID']['input'];
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationResumeCompanyArgs = {
  companyId: Scalars['ID']['input'];
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationConnectOnlineArgs = {
  companyId: Scalars['ID']['input'];
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationConnectDesktopArgs = {
  companyId: Scalars['ID']['input'];
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationAddConnectorArgs = {
  companyId: Scalars['ID']['input'];
  name: Scalars['String']['input'];
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationRotateConnectorPasswordArgs = {
  connectorId: Scalars['ID']['input'];
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationRevokeConnectorArgs = {
  connectorId: Scalars['ID']['input'];
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationAcceptMovedFileArgs = {
  companyId: Scalars['ID']['input'];
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationAcceptMassChangeArgs = {
  companyId: Scalars['ID']['input'];
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationStartNewFileArgs = {
  companyId: Scalars['ID']['input'];
};


/** Writes. What was expected to go wrong comes back as a Refusal; each may be repeated without harm. */
export type MutationVerifyArgs = {
  companyId: Scalars['ID']['input'];
};

/** A batch, or why not. */
export type BatchResult = Batch | Refusal;

/** One run of one kind for one company. A company has one running batch at most. */
export type Batch = {
  __typename?: 'Batch';
  /** It keeps this id when it is retried. */
  id: Scalars['ID']['output'];
  /** Whose batch it is. */
  company: Company;
  /** What it does. */
  kind: BatchKind;
  /** Who or what started it. */
  trigger: BatchTrigger;
  /** In the answer of `syncNow`: what became of the wish. */
  note: Maybe<Scalars['String']['output']>;
  /** Its name for people. */
  label: Scalars['String']['output'];
  /** How it stands. */
  status: BatchStatus;
  /** What it is at, a stable word: preflight, lists, open-balances, sweep, records, changes, history, proof. */
  phase: Maybe<Scalars['String']['output']>;
  /** Set while it waits: a stable code such as `throttled` or `unavailable`. */
  waitingFor: Maybe<Scalars['String']['output']>;
  /** Since when it waits for that. */
  waitingSince: Maybe<Scalars['DateTime']['output']>;
  /** When it looks again, where that is known. */
  waitingUntil: Maybe<Scalars['DateTime']['output']>;
  /** Its parts in their order. */
  steps: Array<BatchStep>;
  /** Of a history: the amounts of each of its windows of months, by kind and currency. */
  sums: Array<StepSum>;
  /** Records read so far. */
  done: Scalars['Int']['output'];
  /** Records there are to read; null until they were counted. */
  total: Maybe<Scalars['Int']['output']>;
  /** Of the records read: those we did not have. */
  created: Scalars['Int']['output'];
  /** Of the records read: those that were newer than ours. */
  updated: Scalars['Int']['output'];
  /** Of the records read: those that we had just so. */
  unchanged: Scalars['Int']['output'];
  /** Records found to be deleted in QuickBooks. */
  deleted: Scalars['Int']['output'];
  /** Over the last minute while it runs, over all of it once it has ended; null when not known. */
  recordsPerSecond: Maybe<Scalars['Float']['output']>;
  /** Time left at the present rate; null when not known. */
  etaSeconds: Maybe<Scalars['Int']['output']>;
  /** Time left if it goes well. */
  etaSecondsLow: Maybe<Scalars['Int']['output']>;
  /** Time left if it does not. */
  etaSecondsHigh: Maybe<Scalars['Int']['output']>;
  /** When it was put into the queue. */
  queuedAt: Scalars['DateTime']['output'];
  /** When it first ran. */
  startedAt: Maybe<Scalars['DateTime']['output']>;
  /** When it ended. */
  finishedAt: Maybe<Scalars['DateTime']['output']>;
  /** Why it failed, and what to do. */
  failure: Maybe<Failure>;
  /** This batch's workflow in Temporal's UI. */
  workflowUrl: Scalars['String']['output'];
  /** What a re-application of payments found and did; null for other batches. */
  reapplication: Maybe<Reapplication>;
  /**
   * Desktop: the share of its time so far in which QuickBooks was at work for it, from 0 to 1; null
   * Online, and before it ran.
   */
  insideQuickBooksShare: Maybe<Scalars['Float']['output']>;
};

/** One part of a batch, such as one kind of record. */
export type BatchStep = {
  __typename?: 'BatchStep';
  /** A kind of record, or what else the step is about. */
  name: Scalars['String']['output'];
  /** The phase of the batch that it belongs to. */
  phase: Scalars['String']['output'];
  /** How it stands. */
  status: BatchStatus;
  /** Records read so far. */
  done: Scalars['Int']['output'];
  /** Null until it was counted. */
  total: Maybe<Scalars['Int']['output']>;
  /** What there is to know of how it was done, in sentences: what was compared, say, because QuickBooks forgets deletions. */
  note: Maybe<Scalars['String']['output']>;
  /** Why QuickBooks does not offer this kind of record, when it does not. This is no failure. */
  unavailable: Maybe<Scalars['String']['output']>;
};

/**
 * The amounts of one kind of record in a window of months. QuickBooks counts but does not add up: `told` is
 * what its pages said, added up as each was stored, `held` is what we hold, added up by the proof.
 */
export type StepSum = {
  __typename?: 'StepSum';
  /** The name of the window's step. */
  step: Scalars['String']['output'];
  /** The kind of record. */
  kind: RecordKind;
  /** Null where QuickBooks names none. */
  currency: Maybe<Scalars['String']['output']>;
  /** The sum of what the pages said. */
  told: Scalars['Money']['output'];
  /** How many records that is. */
  toldRecords: Scalars['Int']['output'];
  /** The sum of what we hold; null before the proof. */
  held: Maybe<Scalars['Money']['output']>;
  /** How many records that is; null before the proof. */
  heldRecords: Maybe<Scalars['Int']['output']>;
  /**
   * Null where that cannot be said: before the proof, and where records of these months were modified, made
   * or deleted since they were read. False is an attention.
   */
  agrees: Maybe<Scalars['Boolean']['output']>;
};

/** What stopped a batch. */
export type Failure = {
  __typename?: 'Failure';
  /** The fault's kind; `errorGuide` explains it. */
  kind: Scalars['String']['output'];
  /** What happened, for a person. */
  message: Scalars['String']['output'];
  /** What to do. */
  nextStep: Scalars['String']['output'];
  /** QuickBooks' own code, as it came. */
  rawCode: Maybe<Scalars['String']['output']>;
};

/** A page of batches. */
export type BatchConnection = {
  __typename?: 'BatchConnection';
  /** The batches of this page. */
  nodes: Array<Batch>;
  /** Where it ends. */
  pageInfo: PageInfo;
};

export type { ReapplyBy };

/** A re-application of payments: what was asked for, the plan, and its sums. Sums are null until it is judged. */
export type Reapplication = {
  __typename?: 'Reapplication';
  /** Since which day. */
  from: Scalars['Date']['output'];
  /** By which date. */
  by: ReapplyBy;
  /** Was it a preview, which swaps nothing? */
  preview: Scalars['Boolean']['output'];
  /** Up to this day QuickBooks' books are closed; null where they are not, or where QuickBooks does not say. */
  closedUntil: Maybe<Scalars['Date']['output']>;
  /** How many documents were looked at. */
  documents: Maybe<Scalars['Int']['output']>;
  /** How many of them differ, those that were stopped included. */
  differing: Maybe<Scalars['Int']['output']>;
  /** How many were left as they are; each says why. */
  stopped: Maybe<Scalars['Int']['output']>;
  /** How many single applications a swap changes. */
  moves: Maybe<Scalars['Int']['output']>;
  /** What was applied to all of these documents before, by us. */
  appliedBefore: Maybe<Scalars['Money']['output']>;
  /** What QuickBooks' records say to be applied to them. */
  appliedAfter: Maybe<Scalars['Money']['output']>;
  /** Totals less open balances, as QuickBooks says: what must be applied. */
  mustBeApplied: Maybe<Scalars['Money']['output']>;
  /** Nothing was stopped, and what is applied afterwards is what must be, to the cent. */
  isProven: Maybe<Scalars['Boolean']['output']>;
  /** The documents that differ. `first` is 50 unless given, at most 500. */
  plan: PlanConnection;
};


/** A re-application of payments: what was asked for, the plan, and its sums. Sums are null until it is judged. */
export type ReapplicationPlanArgs = {
  first: InputMaybe<Scalars['Int']['input']>;
  after: InputMaybe<Scalars['String']['input']>;
};

/** A page of a plan. */
export type PlanConnection = {
  __typename?: 'PlanConnection';
  /** The documents of this page. */
  nodes: Array<PlannedDocument>;
  /** Where it ends. */
  pageInfo: PageInfo;
};

export type { PlanState };

/** One invoice or bill whose applications are not what QuickBooks says. */
export type PlannedDocument = {
  __typename?: 'PlannedDocument';
  /** Invoice or bill. */
  kind: RecordKind;
  /** Its id in QuickBooks. */
  quickbooksId: Scalars['String']['output'];
  /** The number people know. */
  number: Maybe<Scalars['String']['output']>;
  /** Whose it is. */
  party: Maybe<Scalars['String']['output']>;
  /** What becomes of it. */
  state: PlanState;
  /** Why it was stopped. */
  reason: Maybe<Scalars['String']['output']>;
  /** Its amount. */
  total: Maybe<Scalars['Money']['output']>;
  /** What is open, as QuickBooks says. */
  balance: Maybe<Scalars['Money']['output']>;
  /** What was applied to it before. */
  appliedBefore: Scalars['Money']['output'];
  /** What QuickBooks' records say to be applied to it. */
  appliedAfter: Scalars['Money']['output'];
  /** What differs, application by application. */
  moves: Array<PlannedMove>;
};

/** One application that differs: from which amount to which, and why. */
export type PlannedMove = {
  __typename?: 'PlannedMove';
  /** What pays. */
  fromKind: RecordKind;
  /** Its id in QuickBooks. */
  fromId: Scalars['String']['output'];
  /** The record of QuickBooks that says so. */
  saidByKind: RecordKind;
  /** Its id in QuickBooks. */
  saidById: Scalars['String']['output'];
  /** The number of the record that says so. */
  number: Maybe<Scalars['String']['output']>;
  /** Whether money moves. */
  role: ApplicationRole;
  /** How much it was; null when it is new. */
  before: Maybe<Scalars['Money']['output']>;
  /** How much it is to be; null when it goes. */
  after: Maybe<Scalars['Money']['output']>;
  /** Its date before. */
  dateBefore: Maybe<Scalars['Date']['output']>;
  /** Its date then. */
  dateAfter: Maybe<Scalars['Date']['output']>;
  /** Why it differs, in a sentence. */
  why: Scalars['String']['output'];
  /** What else to know: that it lies in a deposit, that the period is closed, that another customer paid. */
  notes: Array<Scalars['String']['output']>;
};

/** Server-sent events on `POST /graphql`: the present state first, then at most two a second. */
export type Subscription = {
  __typename?: 'Subscription';
  /** A batch while it moves; ends when the batch has ended. */
  batchProgress: Batch;
  /** A company while anything about it changes. */
  companyStatus: Company;
};


/** Server-sent events on `POST /graphql`: the present state first, then at most two a second. */
export type SubscriptionBatchProgressArgs = {
  id: Scalars['ID']['input'];
};


/** Server-sent events on `POST /graphql`: the present state first, then at most two a second. */
export type SubscriptionCompanyStatusArgs = {
  companyId: Scalars['ID']['input'];
};

/** An answer that was expected and must be given: why not, and what to do instead. */
export type Refusal = {
  __typename?: 'Refusal';
  /**
   * Stable: not-found (of another customer too), forbidden, wrong-edition, not-confirmed, not-connected,
   * already-running, already-done, invalid-input.
   */
  code: Scalars['String']['output'];
  /** What was refused and why, for a person. */
  message: Scalars['String']['output'];
  /** What to do instead. */
  nextStep: Scalars['String']['output'];
};

/** Where a page of a list ends. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Is there more behind this page? */
  hasNextPage: Scalars['Boolean']['output'];
  /** Give it as `after` to get the next page; null when the page is empty. */
  endCursor: Maybe<Scalars['String']['output']>;
};

export type { Role };

/** The token that asks. */
export type Viewer = {
  __typename?: 'Viewer';
  /** The name that the token was given. */
  name: Scalars['String']['output'];
  /** What it may do. */
  role: Role;
  /** The companies it may see; null means all of them. */
  companyIds: Maybe<Array<Scalars['ID']['output']>>;
};

export type { Actor };

/** One kind of fault and what it means for us. */
export type ErrorGuideEntry = {
  __typename?: 'ErrorGuideEntry';
  /** The kind, as in `Failure.kind` and `waitingFor`. */
  kind: Scalars['String']['output'];
  /** Do we try again by ourselves? */
  retried: Scalars['Boolean']['output'];
  /** Must somebody connect the company again? */
  disconnects: Scalars['Boolean']['output'];
  /** Who acts next. */
  actor: Actor;
  /** What the one who acts next should do. */
  nextStep: Scalars['String']['output'];
};

export type { Edition };

export type { CompanyState };

export type { Activity };

/** What a new company needs. */
export type CreateCompanyInput = {
  /** What you call this customer: 1 to 200 characters on one line. */
  name: Scalars['String']['input'];
  /** Which QuickBooks this customer has; it stays. */
  edition: Edition;
};

/** How a company is kept even from now on. */
export type AutoSyncInput = {
  /** Does it run by itself? */
  enabled: Scalars['Boolean']['input'];
  /** From 15 minutes to a week. */
  everyMinutes?: InputMaybe<Scalars['Int']['input']>;
  /** Are payments applied as well? */
  payments?: InputMaybe<Scalars['Boolean']['input']>;
};

/** A company, or why not. */
export type CompanyResult = Company | Refusal;

/** One customer's books: bound to exactly one QuickBooks Online company or one Desktop company file. */
export type Company = {
  __typename?: 'Company';
  /** Our own id, a uuid. */
  id: Scalars['ID']['output'];
  /** What you call this customer. */
  name: Scalars['String']['output'];
  /** Which QuickBooks this customer has. */
  edition: Edition;
  /** How far it is on its way to being synced. */
  state: CompanyState;
  /** What is going on right now. */
  activity: Activity;
  /** One sentence for a person: what is happening, or what it waits for since when, and who acts next. */
  status: Scalars['String']['output'];
  /**
   * What stands in the way: a stable code such as `throttled`, `unavailable`, `connector-away` or
   * `turn`; null when nothing does. `errorGuide` explains all but `turn`.
   */
  waitingFor: Maybe<Scalars['String']['output']>;
  /** Lists and open balances are in: people can work now. */
  workable: Scalars['Boolean']['output'];
  /** Whose books these are, as QuickBooks says; null until it was asked. */
  books: Maybe<Books>;
  /** Records that we hold, for every kind that this edition has. */
  counts: Array<KindCount>;
  /** How it is kept even after its initial sync. */
  autoSync: AutoSync;
  /** The batch that runs, else the one that is next; null when there is none. */
  openBatch: Maybe<Batch>;
  /** Desktop: the PCs that run the Web Connector, oldest first, revoked ones too; empty Online. */
  connectors: Array<Connector>;
  /** Desktop: what the first contact showed, to be looked at before confirmCompany; null until then. */
  firstLook: Maybe<FirstLook>;
};

/** Whose books these are, in QuickBooks' own words. */
export type Books = {
  __typename?: 'Books';
  /** The company's name in QuickBooks. */
  name: Scalars['String']['output'];
  /** Online: the realm id. Desktop: the FileID that the Web Connector wrote into the company file. */
  quickbooksId: Maybe<Scalars['String']['output']>;
  /** Desktop: the path of the company file. */
  file: Maybe<Scalars['String']['output']>;
  /** The plan, or the product with its release. */
  edition: Maybe<Scalars['String']['output']>;
  /** The country that the books are kept for. */
  country: Maybe<Scalars['String']['output']>;
  /** The home currency. */
  currency: Maybe<Scalars['String']['output']>;
};

/** How many records of a kind we hold. */
export type KindCount = {
  __typename?: 'KindCount';
  /** Which kind of record. */
  kind: RecordKind;
  /** Records that QuickBooks has now. */
  present: Scalars['Int']['output'];
  /** Records that were deleted in QuickBooks and that we remember. */
  deleted: Scalars['Int']['output'];
};

/** How a company is kept even after its initial sync. */
export type AutoSync = {
  __typename?: 'AutoSync';
  /** Does it run by itself? */
  enabled: Scalars['Boolean']['output'];
  /** How often it runs. */
  everyMinutes: Scalars['Int']['output'];
  /** Are payments applied as well? */
  payments: Scalars['Boolean']['output'];
  /** Why it is held, when it is. */
  pausedReason: Maybe<Scalars['String']['output']>;
  /** When it runs next; null while it is not enabled. */
  nextAt: Maybe<Scalars['DateTime']['output']>;
  /** Set when runs take too long for how often they are wanted: what would fit. */
  advice: Maybe<Scalars['String']['output']>;
  /** Batches of this company that failed one after another. */
  failuresInARow: Scalars['Int']['output'];
};

/** A page of companies. */
export type CompanyConnection = {
  __typename?: 'CompanyConnection';
  /** The companies of this page. */
  nodes: Array<Company>;
  /** Where it ends. */
  pageInfo: PageInfo;
};

/** The way to Intuit, or why not. */
export type ConnectOnlineResult = OnlineAuthorization | Refusal;

/** An authorisation under way; the address works once. */
export type OnlineAuthorization = {
  __typename?: 'OnlineAuthorization';
  /** Where to send the customer's browser. */
  authorizationUrl: Scalars['String']['output'];
  /** When the address lapses. */
  expiresAt: Scalars['DateTime']['output'];
};

/** A pairing, or why not. */
export type ConnectDesktopResult = DesktopPairing | Refusal;

/** A connector, or why not. */
export type ConnectorResult = Connector | Refusal;

/** What one PC's Web Connector needs. */
export type DesktopPairing = {
  __typename?: 'DesktopPairing';
  /** The login of this PC. */
  username: Scalars['String']['output'];
  /** Shown once. The Web Connector asks for it when the .qwc was opened. */
  password: Scalars['String']['output'];
  /** The file to open with the Web Connector, while QuickBooks has the company file open. */
  qwc: Scalars['String']['output'];
};

/** One PC that runs the Web Connector. A company may have several; one serves at a time. */
export type Connector = {
  __typename?: 'Connector';
  /** Our own id, a uuid. */
  id: Scalars['ID']['output'];
  /** What you call this PC. */
  name: Scalars['String']['output'];
  /** Its login. */
  username: Scalars['String']['output'];
  /** The path of the company file as this PC knows it; null until it was accepted. */
  file: Maybe<Scalars['String']['output']>;
  /** The PC's own name; null until it was seen. */
  host: Maybe<Scalars['String']['output']>;
  /** It is logged in right now. */
  serving: Scalars['Boolean']['output'];
  /** The last call of its Web Connector. */
  lastSeenAt: Maybe<Scalars['DateTime']['output']>;
  /** Since when it may not log in any more. */
  revokedAt: Maybe<Scalars['DateTime']['output']>;
  /** The last login with a wrong password. */
  lastRefusedAt: Maybe<Scalars['DateTime']['output']>;
  /** The address that it came from. */
  lastRefusedFrom: Maybe<Scalars['String']['output']>;
};

export type { QuickBooksMode };

/** What a person is shown of a company file before saying yes to it. */
export type FirstLook = {
  __typename?: 'FirstLook';
  /** How many records of each kind the file holds, as far as they were counted. */
  counts: Array<SeenCount>;
  /** The newest document of each kind. */
  lastNumbers: Array<LastNumber>;
  /** How the file was open. */
  mode: Maybe<QuickBooksMode>;
  /** May we come while QuickBooks is closed? */
  unattendedAccess: Maybe<Scalars['Boolean']['output']>;
  /** May we see what QuickBooks counts as personal, such as social security numbers? */
  personalDataAccess: Maybe<Scalars['Boolean']['output']>;
  /** When it was looked at. */
  seenAt: Scalars['DateTime']['output'];
};

/** How many records of a kind a company file holds. */
export type SeenCount = {
  __typename?: 'SeenCount';
  /** Which kind of record. */
  kind: RecordKind;
  /** How many. */
  count: Scalars['Int']['output'];
};

/** The newest document of a kind in a company file. */
export type LastNumber = {
  __typename?: 'LastNumber';
  /** Which kind of record. */
  kind: RecordKind;
  /** Its number. */
  number: Maybe<Scalars['String']['output']>;
  /** Its day. */
  date: Maybe<Scalars['Date']['output']>;
};

/** A comparison of what we hold with QuickBooks. */
export type Reconciliation = {
  __typename?: 'Reconciliation';
  /** The batch that compared. */
  batch: Batch;
  /** Nothing differs. */
  agrees: Scalars['Boolean']['output'];
  /** Every comparison, what differs first. */
  lines: Array<ReconciliationLine>;
  /** The same as text: comma-separated, one line each, with a line of titles. */
  csv: Scalars['String']['output'];
};

export type { ReconciliationSubject };

/** One thing that was compared. */
export type ReconciliationLine = {
  __typename?: 'ReconciliationLine';
  /** What it is about. */
  subject: ReconciliationSubject;
  /** The kind of record. */
  kind: Maybe<RecordKind>;
  /** The first day of the month. */
  month: Maybe<Scalars['Date']['output']>;
  /** The record, where it is about one. */
  quickbooksId: Maybe<Scalars['String']['output']>;
  /** What we hold. */
  ours: Maybe<Scalars['Money']['output']>;
  /** What QuickBooks says. */
  theirs: Maybe<Scalars['Money']['output']>;
  /** Are they equal? Null where nothing can be said; the note says why. */
  agrees: Maybe<Scalars['Boolean']['output']>;
  /** What else to know. */
  note: Maybe<Scalars['String']['output']>;
};

export type { RecordKind };

/** Our copy of one QuickBooks object. */
export type Record = {
  __typename?: 'Record';
  /** Whose record it is. */
  company: Company;
  /** Which kind of record. */
  kind: RecordKind;
  /** QuickBooks' own id, unique within company and kind. */
  quickbooksId: Scalars['String']['output'];
  /** QuickBooks' own version of it: SyncToken or EditSequence. */
  version: Scalars['String']['output'];
  /** The document's number. */
  number: Maybe<Scalars['String']['output']>;
  /** The customer, vendor or employee it is about, or its own name for a list. */
  party: Maybe<Scalars['String']['output']>;
  /** The date of the transaction. */
  date: Maybe<Scalars['Date']['output']>;
  /** The amount of the document. */
  total: Maybe<Scalars['Money']['output']>;
  /** What is still open. */
  balance: Maybe<Scalars['Money']['output']>;
  /** The currency of its amounts. */
  currency: Maybe<Scalars['String']['output']>;
  /** When QuickBooks says that it was changed last. */
  modifiedAt: Scalars['DateTime']['output'];
  /** When it was deleted in QuickBooks. */
  deletedAt: Maybe<Scalars['DateTime']['output']>;
  /** What QuickBooks sent, untouched: JSON Online, XML on Desktop. */
  payload: Scalars['String']['output'];
  /** What is applied to it, and what it is applied to, as settled by the last sync that brought payments. */
  applications: Array<Application>;
};

export type { ApplicationRole };

/** An amount of a payment or credit that sits on an invoice, credit memo or bill. */
export type Application = {
  __typename?: 'Application';
  /** What pays: a payment or a credit. */
  fromKind: RecordKind;
  /** Its id in QuickBooks. */
  fromId: Scalars['String']['output'];
  /** What is paid: an invoice, credit memo or bill. */
  toKind: RecordKind;
  /** Its id in QuickBooks. */
  toId: Scalars['String']['output'];
  /** The record of QuickBooks that says so: of a credit, the payment that joined it to the document. */
  saidByKind: RecordKind;
  /** Its id in QuickBooks. */
  saidById: Scalars['String']['output'];
  /** Whether money moved. */
  role: ApplicationRole;
  /** How much of it sits there, in the document's currency. */
  amount: Scalars['Money']['output'];
  /** The date of what says so. */
  date: Maybe<Scalars['Date']['output']>;
  /** Units of the home currency for one of the document's; null where QuickBooks tells none. */
  exchangeRate: Maybe<Scalars['Money']['output']>;
  /** The amount in the home currency, rounded to its decimals; the amount itself where there is no rate. */
  homeAmount: Scalars['Money']['output'];
};

export type { ChangeWhat };

/** One application that was added, changed or removed. */
export type Change = {
  __typename?: 'Change';
  /** What became of it. */
  what: ChangeWhat;
  /** When. */
  at: Scalars['DateTime']['output'];
  /** By which batch. */
  batchId: Scalars['ID']['output'];
  /** What pays. */
  fromKind: RecordKind;
  /** Its id in QuickBooks. */
  fromId: Scalars['String']['output'];
  /** What is paid. */
  toKind: RecordKind;
  /** Its id in QuickBooks. */
  toId: Scalars['String']['output'];
  /** The record of QuickBooks that says so. */
  saidByKind: RecordKind;
  /** Its id in QuickBooks. */
  saidById: Scalars['String']['output'];
  /** Whether money moved. */
  role: ApplicationRole;
  /** How much it was; null when it was added. */
  amountBefore: Maybe<Scalars['Money']['output']>;
  /** How much it is; null when it was removed. */
  amountAfter: Maybe<Scalars['Money']['output']>;
  /** Its date before. */
  dateBefore: Maybe<Scalars['Date']['output']>;
  /** Its date since. */
  dateAfter: Maybe<Scalars['Date']['output']>;
};

/** A page of changes. */
export type ChangeConnection = {
  __typename?: 'ChangeConnection';
  /** The changes of this page. */
  nodes: Array<Change>;
  /** Where it ends. */
  pageInfo: PageInfo;
};

/** A page of records. */
export type RecordConnection = {
  __typename?: 'RecordConnection';
  /** The records of this page. */
  nodes: Array<Record>;
  /** Where it ends. */
  pageInfo: PageInfo;
  /** How many records of this kind QuickBooks has now, as far as we have read. */
  totalCount: Scalars['Int']['output'];
};

/** Something that a person must decide; it blocks nothing else. */
export type Attention = {
  __typename?: 'Attention';
  /** Its own id. */
  id: Scalars['ID']['output'];
  /** Whose attention it is. */
  company: Company;
  /** A stable code such as `unreadable-record` or `count-differs`. */
  cause: Scalars['String']['output'];
  /** What happened, to what. */
  message: Scalars['String']['output'];
  /** What to do. */
  nextStep: Scalars['String']['output'];
  /** The kind of record it is about, when it is about one. */
  recordKind: Maybe<RecordKind>;
  /** The record it is about, where its id could be read. */
  quickbooksId: Maybe<Scalars['String']['output']>;
  /** QuickBooks' own code, or the beginning of what could not be read. */
  raw: Maybe<Scalars['String']['output']>;
  /** When it was found first. */
  createdAt: Scalars['DateTime']['output'];
};

/** A page of what needs attention. */
export type AttentionConnection = {
  __typename?: 'AttentionConnection';
  /** What needs attention on this page. */
  nodes: Array<Attention>;
  /** Where it ends. */
  pageInfo: PageInfo;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = { [key in PropertyKey]: never }, TContext = { [key in PropertyKey]: never }, TArgs = { [key in PropertyKey]: never }> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = { [key in PropertyKey]: never }, TContext = { [key in PropertyKey]: never }, TArgs = { [key in PropertyKey]: never }> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = { [key in PropertyKey]: never }, TContext = { [key in PropertyKey]: never }> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = { [key in PropertyKey]: never }, TContext = { [key in PropertyKey]: never }> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = { [key in PropertyKey]: never }, TParent = { [key in PropertyKey]: never }, TContext = { [key in PropertyKey]: never }, TArgs = { [key in PropertyKey]: never }> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;



/** Mapping of union types */
export type ResolversUnionTypes<_RefType extends { [key in string]: unknown }> = {
  BatchResult:
    | ( BatchRow )
    | ( RefusalRow )
  ;
  CompanyResult:
    | ( CompanyRow )
    | ( RefusalRow )
  ;
  ConnectOnlineResult:
    | ( OnlineAuthorization )
    | ( RefusalRow )
  ;
  ConnectDesktopResult:
    | ( DesktopPairing )
    | ( RefusalRow )
  ;
  ConnectorResult:
    | ( ConnectorRow )
    | ( RefusalRow )
  ;
};


/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  BatchKind: BatchKind;
  BatchTrigger: BatchTrigger;
  BatchStatus: BatchStatus;
  Query: ResolverTypeWrapper<{ [key in PropertyKey]: never }>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Mutation: ResolverTypeWrapper<{ [key in PropertyKey]: never }>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  BatchResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['BatchResult']>;
  Batch: ResolverTypeWrapper<BatchRow>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  BatchStep: ResolverTypeWrapper<StepSummary>;
  StepSum: ResolverTypeWrapper<StepSumRow>;
  Failure: ResolverTypeWrapper<Reason>;
  BatchConnection: ResolverTypeWrapper<Omit<BatchConnection, 'nodes'> & { nodes: Array<ResolversTypes['Batch']> }>;
  ReapplyBy: ReapplyBy;
  Reapplication: ResolverTypeWrapper<ReapplicationOfBatch>;
  PlanConnection: ResolverTypeWrapper<Omit<PlanConnection, 'nodes'> & { nodes: Array<ResolversTypes['PlannedDocument']> }>;
  PlanState: PlanState;
  PlannedDocument: ResolverTypeWrapper<PlanRow>;
  PlannedMove: ResolverTypeWrapper<PlannedMoveRow>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Date: ResolverTypeWrapper<Scalars['Date']['output']>;
  Money: ResolverTypeWrapper<Scalars['Money']['output']>;
  Subscription: ResolverTypeWrapper<{ [key in PropertyKey]: never }>;
  Refusal: ResolverTypeWrapper<RefusalRow>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Role: Role;
  Viewer: ResolverTypeWrapper<Holder>;
  Actor: Actor;
  ErrorGuideEntry: ResolverTypeWrapper<FaultKind>;
  Edition: Edition;
  CompanyState: CompanyState;
  Activity: Activity;
  CreateCompanyInput: CreateCompanyInput;
  AutoSyncInput: AutoSyncInput;
  CompanyResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['CompanyResult']>;
  Company: ResolverTypeWrapper<CompanyRow>;
  Books: ResolverTypeWrapper<BooksRow>;
  KindCount: ResolverTypeWrapper<KindCountRow>;
  AutoSync: ResolverTypeWrapper<CompanyRow>;
  CompanyConnection: ResolverTypeWrapper<Omit<CompanyConnection, 'nodes'> & { nodes: Array<ResolversTypes['Company']> }>;
  ConnectOnlineResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['ConnectOnlineResult']>;
  OnlineAuthorization: ResolverTypeWrapper<OnlineAuthorization>;
  ConnectDesktopResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['ConnectDesktopResult']>;
  ConnectorResult: ResolverTypeWrapper<ResolversUnionTypes<ResolversTypes>['ConnectorResult']>;
  DesktopPairing: ResolverTypeWrapper<DesktopPairing>;
  Connector: ResolverTypeWrapper<ConnectorRow>;
  QuickBooksMode: QuickBooksMode;
  FirstLook: ResolverTypeWrapper<FirstLookRow>;
  SeenCount: ResolverTypeWrapper<SeenCount>;
  LastNumber: ResolverTypeWrapper<LastNumber>;
  Reconciliation: ResolverTypeWrapper<ReconciliationOfBatch>;
  ReconciliationSubject: ReconciliationSubject;
  ReconciliationLine: ResolverTypeWrapper<ReconciliationLineRow>;
  RecordKind: RecordKind;
  Record: ResolverTypeWrapper<StoredRecord>;
  ApplicationRole: ApplicationRole;
  Application: ResolverTypeWrapper<ApplicationAtHome>;
  ChangeWhat: ChangeWhat;
  Change: ResolverTypeWrapper<ChangeRow>;
  ChangeConnection: ResolverTypeWrapper<Omit<ChangeConnection, 'nodes'> & { nodes: Array<ResolversTypes['Change']> }>;
  RecordConnection: ResolverTypeWrapper<Omit<RecordConnection, 'nodes'> & { nodes: Array<ResolversTypes['Record']> }>;
  Attention: ResolverTypeWrapper<AttentionOfCompany>;
  AttentionConnection: ResolverTypeWrapper<Omit<AttentionConnection, 'nodes'> & { nodes: Array<ResolversTypes['Attention']> }>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Query: { [key in PropertyKey]: never };
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  String: Scalars['String']['output'];
  Mutation: { [key in PropertyKey]: never };
  Boolean: Scalars['Boolean']['output'];
  BatchResult: ResolversUnionTypes<ResolversParentTypes>['BatchResult'];
  Batch: BatchRow;
  Float: Scalars['Float']['output'];
  BatchStep: StepSummary;
  StepSum: StepSumRow;
  Failure: Reason;
  BatchConnection: Omit<BatchConnection, 'nodes'> & { nodes: Array<ResolversParentTypes['Batch']> };
  Reapplication: ReapplicationOfBatch;
  PlanConnection: Omit<PlanConnection, 'nodes'> & { nodes: Array<ResolversParentTypes['PlannedDocument']> };
  PlannedDocument: PlanRow;
  PlannedMove: PlannedMoveRow;
  DateTime: Scalars['DateTime']['output'];
  Date: Scalars['Date']['output'];
  Money: Scalars['Money']['output'];
  Subscription: { [key in PropertyKey]: never };
  Refusal: RefusalRow;
  PageInfo: PageInfo;
  Viewer: Holder;
  ErrorGuideEntry: FaultKind;
  CreateCompanyInput: CreateCompanyInput;
  AutoSyncInput: AutoSyncInput;
  CompanyResult: ResolversUnionTypes<ResolversParentTypes>['CompanyResult'];
  Company: CompanyRow;
  Books: BooksRow;
  KindCount: KindCountRow;
  AutoSync: CompanyRow;
  CompanyConnection: Omit<CompanyConnection, 'nodes'> & { nodes: Array<ResolversParentTypes['Company']> };
  ConnectOnlineResult: ResolversUnionTypes<ResolversParentTypes>['ConnectOnlineResult'];
  OnlineAuthorization: OnlineAuthorization;
  ConnectDesktopResult: ResolversUnionTypes<ResolversParentTypes>['ConnectDesktopResult'];
  ConnectorResult: ResolversUnionTypes<ResolversParentTypes>['ConnectorResult'];
  DesktopPairing: DesktopPairing;
  Connector: ConnectorRow;
  FirstLook: FirstLookRow;
  SeenCount: SeenCount;
  LastNumber: LastNumber;
  Reconciliation: ReconciliationOfBatch;
  ReconciliationLine: ReconciliationLineRow;
  Record: StoredRecord;
  Application: ApplicationAtHome;
  Change: ChangeRow;
  ChangeConnection: Omit<ChangeConnection, 'nodes'> & { nodes: Array<ResolversParentTypes['Change']> };
  RecordConnection: Omit<RecordConnection, 'nodes'> & { nodes: Array<ResolversParentTypes['Record']> };
  Attention: AttentionOfCompany;
  AttentionConnection: Omit<AttentionConnection, 'nodes'> & { nodes: Array<ResolversParentTypes['Attention']> };
};

export type BatchKindResolvers = EnumResolverSignature<{ INITIAL?: any, HISTORICAL?: any, AUTOSYNC?: any, MANUAL?: any, REAPPLY_PAYMENTS?: any, VERIFY?: any }, ResolversTypes['BatchKind']>;

export type BatchTriggerResolvers = EnumResolverSignature<{ USER?: any, APP?: any, SCHEDULE?: any, WEBHOOK?: any, RETRY?: any, SYSTEM?: any }, ResolversTypes['BatchTrigger']>;

export type BatchStatusResolvers = EnumResolverSignature<{ QUEUED?: any, RUNNING?: any, WAITING?: any, SUCCEEDED?: any, FAILED?: any, CANCELLED?: any }, ResolversTypes['BatchStatus']>;

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  batch?: Resolver<Maybe<ResolversTypes['Batch']>, ParentType, ContextType, RequireFields<QueryBatchArgs, 'id'>>;
  batches?: Resolver<ResolversTypes['BatchConnection'], ParentType, ContextType, RequireFields<QueryBatchesArgs, 'companyId'>>;
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
  errorGuide?: Resolver<Array<ResolversTypes['ErrorGuideEntry']>, ParentType, ContextType>;
  company?: Resolver<Maybe<ResolversTypes['Company']>, ParentType, ContextType, RequireFields<QueryCompanyArgs, 'id'>>;
  companies?: Resolver<ResolversTypes['CompanyConnection'], ParentType, ContextType, Partial<QueryCompaniesArgs>>;
  reconciliation?: Resolver<Maybe<ResolversTypes['Reconciliation']>, ParentType, ContextType, RequireFields<QueryReconciliationArgs, 'companyId'>>;
  record?: Resolver<Maybe<ResolversTypes['Record']>, ParentType, ContextType, RequireFields<QueryRecordArgs, 'companyId' | 'kind' | 'quickbooksId'>>;
  records?: Resolver<ResolversTypes['RecordConnection'], ParentType, ContextType, RequireFields<QueryRecordsArgs, 'companyId' | 'kind'>>;
  changes?: Resolver<ResolversTypes['ChangeConnection'], ParentType, ContextType, RequireFields<QueryChangesArgs, 'companyId'>>;
  attention?: Resolver<ResolversTypes['AttentionConnection'], ParentType, ContextType, RequireFields<QueryAttentionArgs, 'companyId'>>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  startInitialSync?: Resolver<ResolversTypes['BatchResult'], ParentType, ContextType, RequireFields<MutationStartInitialSyncArgs, 'companyId'>>;
  startHistoricalSync?: Resolver<ResolversTypes['BatchResult'], ParentType, ContextType, RequireFields<MutationStartHistoricalSyncArgs, 'companyId' | 'from'>>;
  syncNow?: Resolver<ResolversTypes['BatchResult'], ParentType, ContextType, RequireFields<MutationSyncNowArgs, 'companyId'>>;
  reapplyPayments?: Resolver<ResolversTypes['BatchResult'], ParentType, ContextType, RequireFields<MutationReapplyPaymentsArgs, 'companyId' | 'from'>>;
  cancelBatch?: Resolver<ResolversTypes['BatchResult'], ParentType, ContextType, RequireFields<MutationCancelBatchArgs, 'id'>>;
  retryBatch?: Resolver<ResolversTypes['BatchResult'], ParentType, ContextType, RequireFields<MutationRetryBatchArgs, 'id'>>;
  createCompany?: Resolver<ResolversTypes['CompanyResult'], ParentType, ContextType, RequireFields<MutationCreateCompanyArgs, 'input'>>;
  confirmCompany?: Resolver<ResolversTypes['CompanyResult'], ParentType, ContextType, RequireFields<MutationConfirmCompanyArgs, 'companyId'>>;
  setAutoSync?: Resolver<ResolversTypes['CompanyResult'], ParentType, ContextType, RequireFields<MutationSetAutoSyncArgs, 'companyId' | 'input'>>;
  pauseCompany?: Resolver<ResolversTypes['CompanyResult'], ParentType, ContextType, RequireFields<MutationPauseCompanyArgs, 'companyId'>>;
  resumeCompany?: Resolver<ResolversTypes['CompanyResult'], ParentType, ContextType, RequireFields<MutationResumeCompanyArgs, 'companyId'>>;
  connectOnline?: Resolver<ResolversTypes['ConnectOnlineResult'], ParentType, ContextType, RequireFields<MutationConnectOnlineArgs, 'companyId'>>;
  connectDesktop?: Resolver<ResolversTypes['ConnectDesktopResult'], ParentType, ContextType, RequireFields<MutationConnectDesktopArgs, 'companyId'>>;
  addConnector?: Resolver<ResolversTypes['ConnectDesktopResult'], ParentType, ContextType, RequireFields<MutationAddConnectorArgs, 'companyId' | 'name'>>;
  rotateConnectorPassword?: Resolver<ResolversTypes['ConnectDesktopResult'], ParentType, ContextType, RequireFields<MutationRotateConnectorPasswordArgs, 'connectorId'>>;
  revokeConnector?: Resolver<ResolversTypes['ConnectorResult'], ParentType, ContextType, RequireFields<MutationRevokeConnectorArgs, 'connectorId'>>;
  acceptMovedFile?: Resolver<ResolversTypes['CompanyResult'], ParentType, ContextType, RequireFields<MutationAcceptMovedFileArgs, 'companyId'>>;
  acceptMassChange?: Resolver<ResolversTypes['CompanyResult'], ParentType, ContextType, RequireFields<MutationAcceptMassChangeArgs, 'companyId'>>;
  startNewFile?: Resolver<ResolversTypes['CompanyResult'], ParentType, ContextType, RequireFields<MutationStartNewFileArgs, 'companyId'>>;
  verify?: Resolver<ResolversTypes['BatchResult'], ParentType, ContextType, RequireFields<MutationVerifyArgs, 'companyId'>>;
};

export type BatchResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BatchResult'] = ResolversParentTypes['BatchResult']> = {
  __resolveType: TypeResolveFn<'Batch' | 'Refusal', ParentType, ContextType>;
};

export type BatchResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Batch'] = ResolversParentTypes['Batch']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  company?: Resolver<ResolversTypes['Company'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['BatchKind'], ParentType, ContextType>;
  trigger?: Resolver<ResolversTypes['BatchTrigger'], ParentType, ContextType>;
  note?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['BatchStatus'], ParentType, ContextType>;
  phase?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  waitingFor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  waitingSince?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  waitingUntil?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  steps?: Resolver<Array<ResolversTypes['BatchStep']>, ParentType, ContextType>;
  sums?: Resolver<Array<ResolversTypes['StepSum']>, ParentType, ContextType>;
  done?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  total?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  created?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  updated?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  unchanged?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  deleted?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  recordsPerSecond?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  etaSeconds?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  etaSecondsLow?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  etaSecondsHigh?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  queuedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  failure?: Resolver<Maybe<ResolversTypes['Failure']>, ParentType, ContextType>;
  workflowUrl?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  reapplication?: Resolver<Maybe<ResolversTypes['Reapplication']>, ParentType, ContextType>;
  insideQuickBooksShare?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type BatchStepResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BatchStep'] = ResolversParentTypes['BatchStep']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  phase?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['BatchStatus'], ParentType, ContextType>;
  done?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  total?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  note?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  unavailable?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type StepSumResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StepSum'] = ResolversParentTypes['StepSum']> = {
  step?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  currency?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  told?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  toldRecords?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  held?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  heldRecords?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  agrees?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
};

export type FailureResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Failure'] = ResolversParentTypes['Failure']> = {
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  nextStep?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  rawCode?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type BatchConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BatchConnection'] = ResolversParentTypes['BatchConnection']> = {
  nodes?: Resolver<Array<ResolversTypes['Batch']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type ReapplyByResolvers = EnumResolverSignature<{ MODIFIED?: any, DATED?: any }, ResolversTypes['ReapplyBy']>;

export type ReapplicationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Reapplication'] = ResolversParentTypes['Reapplication']> = {
  from?: Resolver<ResolversTypes['Date'], ParentType, ContextType>;
  by?: Resolver<ResolversTypes['ReapplyBy'], ParentType, ContextType>;
  preview?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  closedUntil?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  documents?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  differing?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  stopped?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  moves?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  appliedBefore?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  appliedAfter?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  mustBeApplied?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  isProven?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  plan?: Resolver<ResolversTypes['PlanConnection'], ParentType, ContextType, Partial<ReapplicationPlanArgs>>;
};

export type PlanConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PlanConnection'] = ResolversParentTypes['PlanConnection']> = {
  nodes?: Resolver<Array<ResolversTypes['PlannedDocument']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type PlanStateResolvers = EnumResolverSignature<{ PLANNED?: any, SWAPPED?: any, STOPPED?: any }, ResolversTypes['PlanState']>;

export type PlannedDocumentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PlannedDocument'] = ResolversParentTypes['PlannedDocument']> = {
  kind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  quickbooksId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  number?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  party?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['PlanState'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  total?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  balance?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  appliedBefore?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  appliedAfter?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  moves?: Resolver<Array<ResolversTypes['PlannedMove']>, ParentType, ContextType>;
};

export type PlannedMoveResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PlannedMove'] = ResolversParentTypes['PlannedMove']> = {
  fromKind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  fromId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  saidByKind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  saidById?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  number?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  role?: Resolver<ResolversTypes['ApplicationRole'], ParentType, ContextType>;
  before?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  after?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  dateBefore?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  dateAfter?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  why?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  notes?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface DateScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Date'], any> {
  name: 'Date';
}

export interface MoneyScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Money'], any> {
  name: 'Money';
}

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  batchProgress?: SubscriptionResolver<ResolversTypes['Batch'], "batchProgress", ParentType, ContextType, RequireFields<SubscriptionBatchProgressArgs, 'id'>>;
  companyStatus?: SubscriptionResolver<ResolversTypes['Company'], "companyStatus", ParentType, ContextType, RequireFields<SubscriptionCompanyStatusArgs, 'companyId'>>;
};

export type RefusalResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Refusal'] = ResolversParentTypes['Refusal']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  nextStep?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type RoleResolvers = EnumResolverSignature<{ ADMIN?: any, IMPLEMENTER?: any, ACCOUNTANT?: any, OPS?: any, VIEWER?: any, APP?: any }, ResolversTypes['Role']>;

export type ViewerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
  companyIds?: Resolver<Maybe<Array<ResolversTypes['ID']>>, ParentType, ContextType>;
};

export type ActorResolvers = EnumResolverSignature<{ SYSTEM?: any, CUSTOMER?: any, OPERATOR?: any, DEVELOPER?: any }, ResolversTypes['Actor']>;

export type ErrorGuideEntryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ErrorGuideEntry'] = ResolversParentTypes['ErrorGuideEntry']> = {
  kind?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  retried?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  disconnects?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  actor?: Resolver<ResolversTypes['Actor'], ParentType, ContextType>;
  nextStep?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type EditionResolvers = EnumResolverSignature<{ ONLINE?: any, DESKTOP?: any }, ResolversTypes['Edition']>;

export type CompanyStateResolvers = EnumResolverSignature<{ SETTING_UP?: any, CONNECTED?: any, PAUSED?: any, DISCONNECTED?: any }, ResolversTypes['CompanyState']>;

export type ActivityResolvers = EnumResolverSignature<{ IDLE?: any, RUNNING?: any, WAITING?: any, NEEDS_YOU?: any }, ResolversTypes['Activity']>;

export type CompanyResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CompanyResult'] = ResolversParentTypes['CompanyResult']> = {
  __resolveType: TypeResolveFn<'Company' | 'Refusal', ParentType, ContextType>;
};

export type CompanyResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Company'] = ResolversParentTypes['Company']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  edition?: Resolver<ResolversTypes['Edition'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['CompanyState'], ParentType, ContextType>;
  activity?: Resolver<ResolversTypes['Activity'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  waitingFor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  workable?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  books?: Resolver<Maybe<ResolversTypes['Books']>, ParentType, ContextType>;
  counts?: Resolver<Array<ResolversTypes['KindCount']>, ParentType, ContextType>;
  autoSync?: Resolver<ResolversTypes['AutoSync'], ParentType, ContextType>;
  openBatch?: Resolver<Maybe<ResolversTypes['Batch']>, ParentType, ContextType>;
  connectors?: Resolver<Array<ResolversTypes['Connector']>, ParentType, ContextType>;
  firstLook?: Resolver<Maybe<ResolversTypes['FirstLook']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type BooksResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Books'] = ResolversParentTypes['Books']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  quickbooksId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  file?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  edition?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  country?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  currency?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type KindCountResolvers<ContextType = Context, ParentType extends ResolversParentTypes['KindCount'] = ResolversParentTypes['KindCount']> = {
  kind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  present?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  deleted?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AutoSyncResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AutoSync'] = ResolversParentTypes['AutoSync']> = {
  enabled?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  everyMinutes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  payments?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  pausedReason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  nextAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  advice?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  failuresInARow?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type CompanyConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CompanyConnection'] = ResolversParentTypes['CompanyConnection']> = {
  nodes?: Resolver<Array<ResolversTypes['Company']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type ConnectOnlineResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConnectOnlineResult'] = ResolversParentTypes['ConnectOnlineResult']> = {
  __resolveType: TypeResolveFn<'OnlineAuthorization' | 'Refusal', ParentType, ContextType>;
};

export type OnlineAuthorizationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OnlineAuthorization'] = ResolversParentTypes['OnlineAuthorization']> = {
  authorizationUrl?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ConnectDesktopResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConnectDesktopResult'] = ResolversParentTypes['ConnectDesktopResult']> = {
  __resolveType: TypeResolveFn<'DesktopPairing' | 'Refusal', ParentType, ContextType>;
};

export type ConnectorResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConnectorResult'] = ResolversParentTypes['ConnectorResult']> = {
  __resolveType: TypeResolveFn<'Connector' | 'Refusal', ParentType, ContextType>;
};

export type DesktopPairingResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DesktopPairing'] = ResolversParentTypes['DesktopPairing']> = {
  username?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  password?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  qwc?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ConnectorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Connector'] = ResolversParentTypes['Connector']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  username?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  file?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  host?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  serving?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  lastSeenAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  revokedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastRefusedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastRefusedFrom?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type QuickBooksModeResolvers = EnumResolverSignature<{ SINGLE_USER?: any, MULTI_USER?: any }, ResolversTypes['QuickBooksMode']>;

export type FirstLookResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FirstLook'] = ResolversParentTypes['FirstLook']> = {
  counts?: Resolver<Array<ResolversTypes['SeenCount']>, ParentType, ContextType>;
  lastNumbers?: Resolver<Array<ResolversTypes['LastNumber']>, ParentType, ContextType>;
  mode?: Resolver<Maybe<ResolversTypes['QuickBooksMode']>, ParentType, ContextType>;
  unattendedAccess?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  personalDataAccess?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  seenAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type SeenCountResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SeenCount'] = ResolversParentTypes['SeenCount']> = {
  kind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type LastNumberResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LastNumber'] = ResolversParentTypes['LastNumber']> = {
  kind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  number?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  date?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
};

export type ReconciliationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Reconciliation'] = ResolversParentTypes['Reconciliation']> = {
  batch?: Resolver<ResolversTypes['Batch'], ParentType, ContextType>;
  agrees?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  lines?: Resolver<Array<ResolversTypes['ReconciliationLine']>, ParentType, ContextType>;
  csv?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ReconciliationSubjectResolvers = EnumResolverSignature<{ COUNT?: any, TOTAL?: any, OPEN?: any, SAMPLE?: any, RECEIVABLES?: any, PAYABLES?: any, BALANCE_SHEET_RECEIVABLES?: any, BALANCE_SHEET_PAYABLES?: any }, ResolversTypes['ReconciliationSubject']>;

export type ReconciliationLineResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReconciliationLine'] = ResolversParentTypes['ReconciliationLine']> = {
  subject?: Resolver<ResolversTypes['ReconciliationSubject'], ParentType, ContextType>;
  kind?: Resolver<Maybe<ResolversTypes['RecordKind']>, ParentType, ContextType>;
  month?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  quickbooksId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  ours?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  theirs?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  agrees?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
  note?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type RecordKindResolvers = EnumResolverSignature<{ CUSTOMER?: any, VENDOR?: any, EMPLOYEE?: any, ACCOUNT?: any, CLASS?: any, DEPARTMENT?: any, TERM?: any, PAYMENT_METHOD?: any, TAX_CODE?: any, ITEM?: any, INVOICE?: any, PAYMENT?: any, CREDIT_MEMO?: any, SALES_RECEIPT?: any, REFUND_RECEIPT?: any, ESTIMATE?: any, SALES_ORDER?: any, PURCHASE_ORDER?: any, BILL?: any, BILL_PAYMENT?: any, VENDOR_CREDIT?: any, EXPENSE?: any, JOURNAL_ENTRY?: any, DEPOSIT?: any, TRANSFER?: any, INVENTORY_ADJUSTMENT?: any, TIME_ACTIVITY?: any }, ResolversTypes['RecordKind']>;

export type RecordResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Record'] = ResolversParentTypes['Record']> = {
  company?: Resolver<ResolversTypes['Company'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  quickbooksId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  number?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  party?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  date?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  total?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  balance?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  currency?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  modifiedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  deletedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  applications?: Resolver<Array<ResolversTypes['Application']>, ParentType, ContextType>;
};

export type ApplicationRoleResolvers = EnumResolverSignature<{ PAYMENT?: any, CREDIT?: any, DISCOUNT?: any, DEPOSIT?: any }, ResolversTypes['ApplicationRole']>;

export type ApplicationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Application'] = ResolversParentTypes['Application']> = {
  fromKind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  fromId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  toKind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  toId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  saidByKind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  saidById?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['ApplicationRole'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  date?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  exchangeRate?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  homeAmount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
};

export type ChangeWhatResolvers = EnumResolverSignature<{ ADDED?: any, CHANGED?: any, REMOVED?: any }, ResolversTypes['ChangeWhat']>;

export type ChangeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Change'] = ResolversParentTypes['Change']> = {
  what?: Resolver<ResolversTypes['ChangeWhat'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  batchId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  fromKind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  fromId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  toKind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  toId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  saidByKind?: Resolver<ResolversTypes['RecordKind'], ParentType, ContextType>;
  saidById?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['ApplicationRole'], ParentType, ContextType>;
  amountBefore?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  amountAfter?: Resolver<Maybe<ResolversTypes['Money']>, ParentType, ContextType>;
  dateBefore?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
  dateAfter?: Resolver<Maybe<ResolversTypes['Date']>, ParentType, ContextType>;
};

export type ChangeConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ChangeConnection'] = ResolversParentTypes['ChangeConnection']> = {
  nodes?: Resolver<Array<ResolversTypes['Change']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type RecordConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RecordConnection'] = ResolversParentTypes['RecordConnection']> = {
  nodes?: Resolver<Array<ResolversTypes['Record']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AttentionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Attention'] = ResolversParentTypes['Attention']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  company?: Resolver<ResolversTypes['Company'], ParentType, ContextType>;
  cause?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  nextStep?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  recordKind?: Resolver<Maybe<ResolversTypes['RecordKind']>, ParentType, ContextType>;
  quickbooksId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  raw?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type AttentionConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AttentionConnection'] = ResolversParentTypes['AttentionConnection']> = {
  nodes?: Resolver<Array<ResolversTypes['Attention']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  BatchKind?: BatchKindResolvers;
  BatchTrigger?: BatchTriggerResolvers;
  BatchStatus?: BatchStatusResolvers;
  Query?: QueryResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  BatchResult?: BatchResultResolvers<ContextType>;
  Batch?: BatchResolvers<ContextType>;
  BatchStep?: BatchStepResolvers<ContextType>;
  StepSum?: StepSumResolvers<ContextType>;
  Failure?: FailureResolvers<ContextType>;
  BatchConnection?: BatchConnectionResolvers<ContextType>;
  ReapplyBy?: ReapplyByResolvers;
  Reapplication?: ReapplicationResolvers<ContextType>;
  PlanConnection?: PlanConnectionResolvers<ContextType>;
  PlanState?: PlanStateResolvers;
  PlannedDocument?: PlannedDocumentResolvers<ContextType>;
  PlannedMove?: PlannedMoveResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Date?: GraphQLScalarType;
  Money?: GraphQLScalarType;
  Subscription?: SubscriptionResolvers<ContextType>;
  Refusal?: RefusalResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Role?: RoleResolvers;
  Viewer?: ViewerResolvers<ContextType>;
  Actor?: ActorResolvers;
  ErrorGuideEntry?: ErrorGuideEntryResolvers<ContextType>;
  Edition?: EditionResolvers;
  CompanyState?: CompanyStateResolvers;
  Activity?: ActivityResolvers;
  CompanyResult?: CompanyResultResolvers<ContextType>;
  Company?: CompanyResolvers<ContextType>;
  Books?: BooksResolvers<ContextType>;
  KindCount?: KindCountResolvers<ContextType>;
  AutoSync?: AutoSyncResolvers<ContextType>;
  CompanyConnection?: CompanyConnectionResolvers<ContextType>;
  ConnectOnlineResult?: ConnectOnlineResultResolvers<ContextType>;
  OnlineAuthorization?: OnlineAuthorizationResolvers<ContextType>;
  ConnectDesktopResult?: ConnectDesktopResultResolvers<ContextType>;
  ConnectorResult?: ConnectorResultResolvers<ContextType>;
  DesktopPairing?: DesktopPairingResolvers<ContextType>;
  Connector?: ConnectorResolvers<ContextType>;
  QuickBooksMode?: QuickBooksModeResolvers;
  FirstLook?: FirstLookResolvers<ContextType>;
  SeenCount?: SeenCountResolvers<ContextType>;
  LastNumber?: LastNumberResolvers<ContextType>;
  Reconciliation?: ReconciliationResolvers<ContextType>;
  ReconciliationSubject?: ReconciliationSubjectResolvers;
  ReconciliationLine?: ReconciliationLineResolvers<ContextType>;
  RecordKind?: RecordKindResolvers;
  Record?: RecordResolvers<ContextType>;
  ApplicationRole?: ApplicationRoleResolvers;
  Application?: ApplicationResolvers<ContextType>;
  ChangeWhat?: ChangeWhatResolvers;
  Change?: ChangeResolvers<ContextType>;
  ChangeConnection?: ChangeConnectionResolvers<ContextType>;
  RecordConnection?: RecordConnectionResolvers<ContextType>;
  Attention?: AttentionResolvers<ContextType>;
  AttentionConnection?: AttentionConnectionResolvers<ContextType>;
};

