/**
 * Answers a function that gathers the keys asked for in one turn of the event loop and loads them
 * together, each once. Nothing is kept beyond that turn, so a subscription never sees old values.
 */
export function gather<K, V>(
  load: (keys: K[]) => Promise<ReadonlyMap<K, V>>,
): (key: K) => Promise<V | undefined> {
  let turn: { keys: Set<K>; loaded: Promise<ReadonlyMap<K, V>> } | null = null;
  const open = () => {
    const keys = new Set<K>();
    const loaded = new Promise((resolve) => setImmediate(resolve)).then(() => {
      turn = null;
      return load([...keys]);
    });
    return { keys, loaded };
  };
  return async (key) => {
    turn ??= open();
    turn.keys.add(key);
    return (await turn.loaded).get(key);
  };
}
