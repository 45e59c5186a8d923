/** `npm run demo`: every part on this machine, and two companies' syncs and payments on the screen. */
import { parseArgs } from "node:util";

import { CleanUp } from "./demo/clean-up.ts";
import { runDemo, type Demo } from "./demo/demo.ts";
import { createScreen } from "./demo/screen.ts";
import { sentenceOf, Trouble } from "./embedded/trouble.ts";
import { untilAskedToEnd, untilNobodyReads } from "./until-asked.ts";

const USAGE = `npm run demo -- [flags]
  --records 20000   size of each company: 200 to 1,000,000; the one of QuickBooks Desktop has 100,000 at most
  --exit            end when both are synced and their payments applied anew; exit code 0 only if every
                    record arrived, and plan, swap and proof of the payments are as they must be`;

const RECORDS_MIN = 200;
const RECORDS_MAX = 1_000_000;

process.exit(await main());

async function main(): Promise<number> {
  const cleanUp = new CleanUp();
  const giveUp = new AbortController();
  const asked = Promise.race([untilAskedToEnd(), untilNobodyReads(process.stdout)]);
  const screen = createScreen(process.stdout);
  try {
    const { records, exit } = readFlags();
    const running = runDemo(
      { records, goesOn: !exit, signal: giveUp.signal, show: screen.show },
      cleanUp,
    );
    // After Ctrl-C it fails somewhere in the middle, and nobody asks any more.
    running.catch(() => undefined);
    return await untilEnd(running, asked, exit);
  } catch (error) {
    screen.end();
    console.error(sentenceOf(error));
    return 1;
  } finally {
    screen.end();
    giveUp.abort();
    await cleanUp.run();
  }
}

function readFlags(): { records: number; exit: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        records: { type: "string", default: "20000" },
        exit: { type: "boolean", default: false },
      },
    });
    const records = Number(values.records);
    if (Number.isInteger(records) && records >= RECORDS_MIN && records <= RECORDS_MAX) {
      return { records, exit: values.exit };
    }
    throw new Trouble(`--records ${values.records} is no size of a company.\n${USAGE}`);
  } catch (error) {
    if (error instanceof Trouble) throw error;
    throw new Trouble(`${error instanceof Error ? error.message : ""}\n${USAGE}`, { cause: error });
  }
}

/** With --exit until everything was shown, else until Ctrl-C; a part that is lost ends it as well. */
async function untilEnd(
  running: Promise<Demo>,
  asked: Promise<void>,
  exit: boolean,
): Promise<number> {
  const demo = await Promise.race([running, asked.then(() => undefined)]);
  if (demo === undefined) return exit ? 130 : 0;
  if (exit) return demo.isGood ? 0 : 1;
  await Promise.race([demo.breakdown, asked]);
  return 0;
}
