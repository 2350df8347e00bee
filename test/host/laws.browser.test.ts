import { putToLaws } from "../conformance/put-to-laws.ts";
import { workerHarness } from "./in-worker.ts";

putToLaws("IndexedDB, in a worker", workerHarness());
