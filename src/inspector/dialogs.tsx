import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { BurrowStore } from "../contract/index.ts";
import { listIndexedDbRuntimeStores, openIndexedDbRuntimeStore } from "../indexeddb/index.ts";
import { Code, Dialog, Failure } from "./parts.tsx";

/** Asks before a runtime is deleted. */
export function DeleteDialog(props: {
  readonly store: BurrowStore;
  readonly runtimeId: string;
  readonly onClose: () => void;
}): JSX.Element {
  const { store, runtimeId, onClose } = props;
  const [withSessions, setWithSessions] = useState(false);
  const [error, setError] = useState<unknown>();
  const [isBusy, setBusy] = useState(false);
  const remove = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      await store.deleteRuntime(runtimeId, { withSessions });
      onClose();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <Dialog title="Delete this runtime?" onClose={onClose}>
      <form class="choices" onSubmit={(event) => void remove(event)}>
        <p>
          The snapshot, receipts and input states of <Code>{runtimeId}</Code> go, all or nothing. Its revision number is
          kept, so that it never restarts.
        </p>
        <label>
          <input type="checkbox" checked={withSessions} onChange={() => setWithSessions(!withSessions)} />
          Delete its sessions from the catalog too
        </label>
        <Failure error={error} />
        <button type="submit" class="danger" disabled={isBusy}>
          Delete
        </button>
      </form>
    </Dialog>
  );
}

/** Asks for the name of a database of this origin, and opens it. */
export function OpenDialog(props: {
  readonly onOpen: (store: BurrowStore, name: string) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const { onOpen, onClose } = props;
  const [name, setName] = useState("");
  const [names, setNames] = useState<readonly string[]>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    listIndexedDbRuntimeStores().then(setNames, setError);
  }, []);
  const open = async (event: Event): Promise<void> => {
    event.preventDefault();
    setError(undefined);
    try {
      // Opening would make one.
      if (!(await listIndexedDbRuntimeStores()).includes(name)) throw new Error(`There is no store “${name}” here.`);
      onOpen(await openIndexedDbRuntimeStore({ name }), name);
      onClose();
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <Dialog title="Open another database" onClose={onClose}>
      <form class="choices" onSubmit={(event) => void open(event)}>
        <label>
          Its name
          <input value={name} required autocomplete="off" onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        {names && (
          <div class="line" role="group" aria-label="Stores of this origin">
            {names.length === 0 && <span class="remark">There is no store on this origin.</span>}
            {names.map((found) => (
              <button key={found} type="button" aria-pressed={found === name} onClick={() => setName(found)}>
                {found}
              </button>
            ))}
          </div>
        )}
        <Failure error={error} />
        <button type="submit" class="primary">
          Open
        </button>
      </form>
    </Dialog>
  );
}
