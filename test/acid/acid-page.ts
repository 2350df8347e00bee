import { type OpenStore, type StoreName } from "./adapter.ts";
import { ADAPTERS } from "./adapters/index.ts";
import { hold, spoil, versions } from "./behind-its-back.ts";
import { type Ending, endingOf } from "./endings.ts";
import { ACKNOWLEDGED, STANDS_STILL } from "./kill-signs.ts";
import { KEY, recognise, sampleOf, turnOf } from "./turns.ts";

/** The database that a store is opened over. */
const DATABASE = "acid";
/** For how long a page stands still whose browser is to be killed. */
const FREEZE_MS = 3000;

let store: OpenStore | undefined;
let isToFreeze = false;

watchTransactions();

const page = {
  /** Opens a store, once in a page. */
  open: (name: StoreName): Promise<Ending> =>
    endingOf(async () => {
      store = await ADAPTERS[name](DATABASE);
      return undefined;
    }),
  save: (turn: number, bytes: number): Promise<Ending> =>
    endingOf(async () => {
      await openStore().save(KEY, turnOf(turn, bytes));
      return undefined;
    }),
  load: (): Promise<Ending> => endingOf(async () => recognise(await openStore().load(KEY))),
  /**
   * Saves turn after turn until it is killed. In the turn `frozen` it stands still once a transaction that writes is
   * complete, so that the kill falls between this one and whatever the store does next.
   */
  async saveOnAndOn(bytes: number, frozen: number | null): Promise<void> {
    for (let turn = 1; ; turn++) {
      const given = turnOf(turn, bytes);
      isToFreeze = turn === frozen;
      await openStore().save(KEY, given);
      console.debug(`${ACKNOWLEDGED}${turn}`);
    }
  },
  /** The version of the store's database; nothing when it made none of this name. */
  version: async (): Promise<number | undefined> => (await versions())[DATABASE],
  hold: () => hold(DATABASE),
  spoil: (turn: number, bytes: number): Promise<number> => spoil(sampleOf(turnOf(turn, bytes))),
};

declare global {
  var acid: typeof page;
}

globalThis.acid = page;

function openStore(): OpenStore {
  if (!store) throw new Error("no store is open in this page");
  return store;
}

/** Dexie takes the method from the prototype when it opens: it is replaced before that. */
function watchTransactions(): void {
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...given) {
    const transaction = begin.apply(this, given);
    if (transaction.mode === "readwrite") {
      transaction.addEventListener("complete", () => {
        if (isToFreeze) standStill();
      });
    }
    return transaction;
  };
}

function standStill(): void {
  console.debug(STANDS_STILL);
  const end = performance.now() + FREEZE_MS;
  while (performance.now() < end);
}
