import { beforeAll, describe, expect, test } from "vitest";

import { POLICY, type FaultKind } from "../../core/faults.ts";
import { acceptMovedFile } from "../../db/company-files.ts";
import { rotateConnectorPassword } from "../../db/connectors.ts";
import { withDoor, type DesktopCompany } from "../support/desktop.ts";
import {
  contact,
  expectDone,
  heldCompany,
  letPoll,
  waitingSync,
  withWords,
} from "../support/desktop-words.ts";
import { eventually, untilBatch, withStage } from "../support/sync.ts";

const FILE = { records: 300 };
const TIMEOUT_MS = 120_000;
const WORD_TIMEOUT_MS = 10_000;

/** Does something at a company's PC. */
type Act = (company: DesktopCompany) => Promise<unknown>;

const settings =
  (given: object): Act =>
  ({ order, pc }) =>
    order("quickbooks", { pc, settings: given });

const release =
  (given: object): Act =>
  ({ order, file }) =>
    order("file-settings", { file, settings: given });

const showOther: Act = async ({ order, pc, file }) => {
  const name = `Other than ${file}`;
  await order("files", { name, companyName: name, path: `C:\\${name}.qbw`, records: 200 });
  await order("quickbooks", { pc, reach: [name], show: name });
};

const showOurs: Act = ({ order, pc, file }) => order("quickbooks", { pc, show: file });

/** What comes in the way at a PC, what is said of it, and how it goes. */
interface InTheWay {
  name: string;
  word: FaultKind;
  says: RegExp;
  come: Act;
  go: Act;
}

const IN_THE_WAY: InTheWay[] = [
  {
    name: "QuickBooks is closed and may not log in by itself",
    word: "quickbooks-closed",
    says: /QuickBooks was closed on "PC-\d+"/,
    come: settings({ isRunning: false }),
    go: showOurs,
  },
  {
    name: "another company's file is open, which no one has paired",
    word: "other-file-open",
    says: /another company file was open on .*Other than/,
    come: showOther,
    go: showOurs,
  },
  {
    name: "somebody else works in single-user mode",
    word: "single-user-mode",
    says: /was in single-user mode/,
    come: settings({ isSingleUserElsewhere: true }),
    go: settings({ isSingleUserElsewhere: false }),
  },
  {
    name: "a window is open in QuickBooks",
    word: "modal-open",
    says: /a window was open in QuickBooks/,
    come: settings({ isModalOpen: true }),
    go: settings({ isModalOpen: false }),
  },
  {
    name: "access was never given",
    word: "permission-missing",
    says: /did not let us in.*never authorised/,
    come: settings({ access: "never-asked" }),
    go: settings({ access: "granted" }),
  },
  {
    name: "access was taken away",
    word: "permission-missing",
    says: /did not let us in.*taken away/,
    come: settings({ access: "revoked" }),
    go: settings({ access: "granted" }),
  },
  {
    name: "the release is one that breaks off",
    word: "release-unsupported",
    says: /is of a release that cannot be used.*before its release R3/,
    come: release({ majorVersion: 32, minorVersion: 1 }),
    go: release({ majorVersion: 32, minorVersion: 3 }),
  },
  {
    name: "QuickBooks crashes at the first request",
    word: "quickbooks-unreachable",
    says: /could not be reached/,
    // The session's own first question is answered still.
    come: settings({ crashAfter: 1 }),
    go: showOurs,
  },
];

describe.concurrent("a sync that finds something in its way at the PC", () => {
  const stage = withStage();
  const door = withDoor(stage);
  const told = withWords(stage, door);
  beforeAll(() => stage.worker(), 60_000);

  const expectWord = (
    { companyId }: DesktopCompany,
    word: FaultKind,
    { says, next = POLICY[word].nextStep }: { says: RegExp; next?: string },
  ) =>
    eventually(async () => {
      const words = await told(companyId);
      expect(words).toMatchObject({ waitingFor: word, openBatch: { waitingFor: word } });
      expect(words.status).toMatch(says);
      expect(words.status).toContain(`Next: ${next}`);
      expect(words.activity).toBe(POLICY[word].whose === "operator" ? "NEEDS_YOU" : "WAITING");
    }, WORD_TIMEOUT_MS);

  const goesOn = async (company: DesktopCompany, batchId: string): Promise<void> => {
    await letPoll(company);
    await expectDone(stage, company, batchId);
    expect((await told(company.companyId)).waitingFor).toBeNull();
  };

  test.each(IN_THE_WAY)(
    "says so after one contact and goes on by itself: $name",
    async ({ word, says, come, go }) => {
      const company = await heldCompany(stage, door, FILE);
      await come(company);
      const batchId = await waitingSync(stage, company);
      await contact(company);
      await expectWord(company, word, { says });
      await go(company);
      await goesOn(company, batchId);
    },
    TIMEOUT_MS,
  );

  test(
    "says that QuickBooks is closed also where the file's path is not known yet",
    async () => {
      const company = await heldCompany(stage, door, FILE);
      await stage.pool.query("update connectors set file = null where company_id = $1", [
        company.companyId,
      ]);
      await settings({ isRunning: false, isAutomaticLoginAllowed: true })(company);
      const batchId = await waitingSync(stage, company);
      await contact(company);
      await expectWord(company, "quickbooks-closed", { says: /QuickBooks was closed/ });
      await showOurs(company);
      await goesOn(company, batchId);
    },
    TIMEOUT_MS,
  );

  test(
    "is in nobody's way where QuickBooks may log in by itself: the path is known",
    async () => {
      const company = await heldCompany(stage, door, FILE);
      await settings({ isRunning: false, isAutomaticLoginAllowed: true })(company);
      await goesOn(company, await waitingSync(stage, company));
    },
    TIMEOUT_MS,
  );

  test(
    "waits for a PC that sleeps, and one whose Web Connector was closed, and says when it was there",
    async () => {
      const company = await heldCompany(stage, door, FILE);
      const { order, pc } = company;
      await order("power", { pc, to: "sleep" });
      const batchId = await waitingSync(stage, company);
      await letPoll(company);
      const says = { says: /the Web Connector on "PC-\d+".* was last heard of at/ };
      await expectWord(company, "connector-away", says);
      await order("power", { pc, to: "die" });
      await order("power", { pc, to: "wake" });
      await expectWord(company, "connector-away", says);
      await order("power", { pc, to: "start" });
      await goesOn(company, batchId);
    },
    TIMEOUT_MS,
  );

  test(
    "says that a wrong password was typed, and goes on with a new one",
    async () => {
      const company = await heldCompany(stage, door, FILE);
      const { order, pc, companyId } = company;
      await order("password", { pc, password: "not this one" });
      const batchId = await waitingSync(stage, company);
      await contact(company);
      await expectWord(company, "connector-away", {
        says: /somebody tried a wrong password for "PC-\d+".* at .* from /,
        next: "Type the password into the Web Connector again, or call rotateConnectorPassword",
      });
      const { rows } = await stage.pool.query<{ id: string }>(
        "select id from connectors where company_id = $1",
        [companyId],
      );
      const rotated = await rotateConnectorPassword(stage.pool, companyId, rows[0]?.id ?? "");
      await order("password", { pc, password: rotated?.password });
      await goesOn(company, batchId);
    },
    TIMEOUT_MS,
  );

  test(
    "says what is probable while QuickBooks owes an answer, and takes it when the window is closed",
    async () => {
      const company = await heldCompany(stage, door, FILE);
      const { order, pc, companyId } = company;
      await order("quickbooks", { pc, latency: { requestMs: 150 } });
      const batchId = await waitingSync(stage, company);
      await letPoll(company);
      await untilBatch(stage, companyId, batchId, ({ phase }) => phase === "lists");
      await settings({ isModalOpen: true })(company);
      await eventually(async () => {
        // A silence of a minute, as the database sees it.
        const { rowCount } = await stage.pool.query(
          `update desktop_exchanges set sent_at = now() - interval '70 seconds'
            where company_id = $1 and state = 'sent' and sent_at < now() - interval '2 seconds'
              and read_at is null`,
          [companyId],
        );
        expect(rowCount).toBe(1);
      });
      await expectWord(company, "modal-open", {
        says: /a window is probably open in QuickBooks on .* since/,
      });
      await order("quickbooks", {
        pc,
        settings: { isModalOpen: false },
        latency: { requestMs: 0 },
      });
      await goesOn(company, batchId);
    },
    TIMEOUT_MS,
  );

  test(
    "asks whether a file was moved on purpose, and goes on where it is now",
    async () => {
      const company = await heldCompany(stage, door, FILE);
      await company.order("moves", { file: company.file, path: "D:\\Moved\\here.qbw" });
      const batchId = await waitingSync(stage, company);
      await contact(company);
      await expectWord(company, "file-moved", {
        says: /was probably moved: .* had it open \(D:\\Moved\\here.qbw\)/,
      });
      expect((await acceptMovedFile(stage.pool, company.companyId)).is).toBe("done");
      await goesOn(company, batchId);
    },
    TIMEOUT_MS,
  );
});
