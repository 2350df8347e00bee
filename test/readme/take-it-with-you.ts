import { exportArchiveBlob, importArchive, verifyArchive } from "burrow-store/archive";
import { openIndexedDbRuntimeStore } from "burrow-store/indexeddb";

const store = await openIndexedDbRuntimeStore({ name: "my-app" });

/** All runtimes in one file: give its `URL.createObjectURL` to a link with the attribute `download`. */
export const saved = () => exportArchiveBlob(store);

/** Every runtime of the file as it was. What is here already stays; what is here with other content is `import_conflict`. */
export const restored = (file: Blob) => importArchive(store, file);

/** Of a damaged file, those runtimes that are whole. */
export const salvaged = async (file: Blob) => {
  const { runtimes } = await verifyArchive(file);
  return importArchive(store, file, { runtimeIds: runtimes.filter(({ whole }) => whole).map((one) => one.runtime_id) });
};
