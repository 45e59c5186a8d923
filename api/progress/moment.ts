/** A moment as people read it, in UTC. */
export const moment = (at: Date): string =>
  `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
