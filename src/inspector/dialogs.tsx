import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { BurrowStore } from "../contract/index.ts";
import { listIndexedDbRuntimeStores, openIndexedDbRuntimeStore } from "../indexeddb/index.ts";
import { visibleText } from "./formats.ts";
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
          kept, so that it never restarts. A tab that runs it now loses it too, with whatever it still had to do.
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
  const [names, setNames] = useState<readonly string[]>();
  const [error, setError] = useState<unknown>();
  const [missing, setMissing] = useState<string>();
  const isGone = useRef(false);
  useEffect(() => {
    listIndexedDbRuntimeStores().then(setNames, setError);
    return () => {
      isGone.current = true;
    };
  }, []);
  const field = useRef<HTMLInputElement>(null);
  const open = async (name: string): Promise<void> => {
    setError(undefined);
    setMissing(undefined);
    try {
      // Opening would make one.
      if (!(await listIndexedDbRuntimeStores()).includes(name)) {
        setMissing(name);
        return;
      }
      const store = await openIndexedDbRuntimeStore({ name });
      if (isGone.current) await store.close();
      else {
        onOpen(store, name);
        onClose();
      }
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <Dialog title="Open another database" onClose={onClose}>
      <form
        class="choices"
        onSubmit={(event) => {
          event.preventDefault();
          void open(field.current?.value ?? "");
        }}
      >
        <label>
          Its name
          <input ref={field} required autofocus autocomplete="off" />
        </label>
        {names && (
          <div class="line" role="group" aria-label="Stores of this origin">
            {names.length === 0 && <span class="remark">There is no store on this origin.</span>}
            {names.map((found) => (
              <button key={found} type="button" onClick={() => void open(found)}>
                {visibleText(found)}
              </button>
            ))}
          </div>
        )}
        <p role="status">
          {missing !== undefined && `This origin has no store of the name “${visibleText(missing)}”.`}
        </p>
        <Failure error={error} />
        <button type="submit" class="primary">
          Open
        </button>
      </form>
    </Dialog>
  );
}
