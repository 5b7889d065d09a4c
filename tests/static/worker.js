import { runVectors } from "./page.js";

postMessage(await runVectors());
