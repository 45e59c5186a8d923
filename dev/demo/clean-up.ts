/** What must be undone at the end, collected while things come up. */
export class CleanUp {
  readonly #steps: (() => Promise<void>)[] = [];
  #isOver = false;

  /** A step that is added after the end is done at once. */
  async add(step: () => Promise<void>): Promise<void> {
    if (this.#isOver) await step();
    else this.#steps.push(step);
  }

  /** Undoes everything, the latest first. */
  async run(): Promise<void> {
    this.#isOver = true;
    for (const step of this.#steps.toReversed()) await step();
  }
}
