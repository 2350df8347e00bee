export type { ArchiveProblem } from "./archive-reader.ts";
export type { ArchiveSource } from "./archive-source.ts";
export {
  type ArchiveProgress,
  exportArchive,
  exportArchiveBlob,
  exportArchiveStream,
  type ExportOptions,
} from "./export-archive.ts";
export { importArchive, type ImportedRuntime, type ImportOptions, type ImportReport } from "./import-archive.ts";
export {
  type ArchivedRuntime,
  type ArchiveReport,
  verifyArchive,
  type VerifyArchiveOptions,
} from "./verify-archive.ts";
