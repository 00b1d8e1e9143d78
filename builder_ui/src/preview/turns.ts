/** At most two pictures at once: each costs a decoder here and an encoder's share there. The oldest gives way. */

export const MOST_AT_ONCE = 2;

type Turn = { giveWay: () => void };
const turns: Turn[] = [];

/** Take a turn; whoever has had one longest is told to give way. Returns how to give it back. */
export function takeTurn(giveWay: () => void): () => void {
  const turn: Turn = { giveWay };
  turns.push(turn);
  while (turns.length > MOST_AT_ONCE) turns.shift()?.giveWay();
  return () => {
    const at = turns.indexOf(turn);
    if (at >= 0) turns.splice(at, 1);
  };
}
