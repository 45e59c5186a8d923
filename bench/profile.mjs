/** Preloaded into a worker to be profiled: from SIGURG on until it ends, into the folder that PROFILE_FOLDER names. */
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { join } from "node:path";

const session = new Session();

process.once("SIGURG", () => {
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.start");
  process.once("exit", () => {
    session.post("Profiler.stop", (_error, { profile }) => {
      const file = join(process.env["PROFILE_FOLDER"] ?? ".", `worker-${process.pid}.cpuprofile`);
      writeFileSync(file, JSON.stringify(profile));
    });
  });
});
